"""What others found out about addresses comes in with them."""

from typing import Any

import pytest

from app.imports.reading import read_batch
from app.workspaces.rules import Defaults
from tests.client import Tenant
from tests.imports.test_files import sent
from tests.make import batch, lead

FILE = """Email,ZB Status,ZB Sub Status,ZB Free Email,Verified At
ann@example.com,valid,,false,2026-11-01
bob@example.com,do_not_mail,role_based,false,2026-11-01
cy@example.com,who knows,,false,some day
"""


async def test_a_file_of_a_tool_that_checks_addresses(tenant: Tenant) -> None:
    answer = await sent(tenant, await tenant.campaign(), FILE)
    assert answer.status_code == 201, answer.text
    preview = answer.json()["preview"]
    assert [one["target"] for one in preview["mapping"]] == [
        "email",
        "validation",
        "validation_detail",
        "custom_fields.ZB Free Email",
        "validation_checked_at",
    ]
    assert preview["warnings"] == [
        {
            "code": "validation_words",
            "column": "ZB Status",
            "detail": "`who knows` says nothing that is known of an address; "
            "it is checked as any other.",
        },
        {
            "code": "validation_dates",
            "column": "Verified At",
            "detail": "`some day` cannot be read as a date; the address is checked as any other.",
        },
    ]


async def test_leads_of_a_batch_bring_their_verdicts(tenant: Tenant) -> None:
    said = {"vendor": "zerobounce", "word": "catch-all", "checked_at": "2026-11-01T10:00:00Z"}
    leads = [
        lead("ann@example.com", validation=said),
        lead("bob@example.com", validation={"word": "valid", "vendor": None, "checked_at": None}),
        lead("cy@example.com", validation={"vendor": "NeverBounce", "word": 1}),
        lead("dora@example.com", validation=None),
        lead("flo@example.com", validation="valid"),
        lead("gus@example.com", validation=" "),
        lead("hal@example.com", validation={"word": " ", "vendor": "x" * 1000}),
        lead("not an address", validation={"word": "invalid"}),
        lead("eve@example.com", validation={"word": "hm", "checked_at": 46353}),
    ]
    path = f"/campaigns/{await tenant.campaign()}/leads"
    answer = (await tenant.api.post(path, json=batch(*leads))).json()
    assert answer["added_count"] == 8
    assert answer["warnings"] == [
        {
            "code": "validation_words",
            "detail": "`hm` says nothing that is known of an address; it is checked as any other.",
            "campaign_id": None,
            "campaign_name": None,
            "send_instead": None,
        }
    ]


def test_the_gate_gets_the_verdicts() -> None:
    leads = [
        lead("ann@example.com", validation={"vendor": "ZB", "word": "spamtrap"}),
        lead("bob@example.com", validation={"word": "valid", "checked_at": "46353"}),
        lead("cy@example.com", validation={"word": "hm"}),
        lead("dora@example.com"),
        lead("eve@example.com", validation="risky"),
    ]
    rows = read_batch(batch(*leads), Defaults()).rows
    ann, bob, cy, dora, eve = (row.candidate.validation for row in rows)
    assert ann
    assert (ann.said.vendor, ann.said.verdict.suppress, ann.checked_at) == (
        "zerobounce",
        True,
        None,
    )
    assert bob
    assert (bob.said.vendor, str(bob.checked_at)) == (None, "2026-11-27 00:00:00+00:00")
    assert (cy, dora) == (None, None)
    assert eve
    assert eve.said.word == "risky"


@pytest.mark.parametrize(
    ("said", "member", "code"),
    [
        ({}, "/word", "missing"),
        ({"word": None}, "/word", "string_type"),
        ({"word": "x" * 1001}, "/word", "string_too_long"),
        ({"word": "valid", "vendor": "x" * 1001}, "/vendor", "string_too_long"),
        ({"word": "valid", "checked_at": "soon"}, "/checked_at", "datetime_parsing"),
        ({"word": "valid", "checked_at": "1" * 41}, "/checked_at", "string_too_long"),
        ({"word": "valid", "score": 9}, "/score", "extra_forbidden"),
        (7, "", "dict_type"),
        ([], "", "dict_type"),
        ("x" * 1001, "/word", "string_too_long"),
    ],
)
async def test_what_is_wrong_with_a_verdict(
    tenant: Tenant, said: Any, member: str, code: str
) -> None:
    path = f"/campaigns/{await tenant.campaign()}/leads"
    answer = await tenant.api.post(path, json=batch(lead("ann@example.com", validation=said)))
    assert answer.status_code == 422, answer.text
    [error] = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == (f"/lead_list/0/validation{member}", code)
