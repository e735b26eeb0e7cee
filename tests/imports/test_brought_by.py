"""Which import brought a lead, and which row of it."""

import pytest

from tests.client import Tenant
from tests.imports.batches import shown
from tests.imports.test_files import Work, imported

VARIABLES = """Email,Phone,Website,City,Industry
ann@example.com,+49 170 1234567,https://example.com,Oslo,Tools
bob@example.com,,,,
"""


async def test_of_every_campaign_its_own(tenant: Tenant, work: Work) -> None:
    """A file's and a batch's; a row that was refused brought nobody."""
    first, second = await tenant.campaigns(2)
    text = "email\nann@example.com\nno address\nbob@example.com\n"
    by_file = (await imported(tenant, first, text))["id"]
    await work()
    added = await tenant.add(
        second, "cy@example.com", "bob@example.com", duplicate_scope="campaign"
    )
    await tenant.add(first, "bob@example.com")
    bob = await shown(tenant.api, "/leads", email="bob@example.com")
    assert await shown(tenant.api, f"/leads/{bob['id']}") == bob
    brought = [
        (there["campaign_id"], there["import_id"], there["import_row"])
        for there in bob["lead_campaign_data"]
    ]
    assert brought == [(first, by_file, 3), (second, added["import_id"], 2)]
    [row] = (await shown(tenant.api, f"/imports/{by_file}/rows", limit=1000))["data"][2:]
    assert (row["row"], row["lead_id"], row["code"]) == (3, bob["id"], "added")
    members = (await shown(tenant.api, f"/campaigns/{first}/leads"))["data"]
    assert [(one["import_id"], one["import_row"]) for one in members] == [
        (by_file, 1),
        (by_file, 3),
    ]


@pytest.mark.seed("DS-24")
async def test_optional_columns_are_variables(tenant: Tenant, work: Work) -> None:
    """Phone, website, city and industry are found by their headers, and may be empty."""
    campaign_id = await tenant.campaign()
    steps = [{"seq_number": 1, "subject": "{{city}}", "email_body": "{{phone_number}} {{website}}"}]
    answer = await tenant.api.post(f"/campaigns/{campaign_id}/sequences", json={"sequences": steps})
    assert answer.status_code == 200, answer.text
    started = await imported(tenant, campaign_id, VARIABLES)
    assert started["preview"]["warnings"] == []
    await work()
    fields = ("phone_number", "website", "city", "industry")
    found = [
        [
            (await shown(tenant.api, "/leads", email=f"{name}@example.com"))[field]
            for field in fields
        ]
        for name in ("ann", "bob")
    ]
    assert found == [["+49 170 1234567", "https://example.com", "Oslo", "Tools"], [None] * 4]
