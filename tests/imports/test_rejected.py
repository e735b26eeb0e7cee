"""GET /imports/{id}/rejected.csv: the rows that did not get in, to be mended and sent again."""

import csv
import io
from typing import Any

import httpx
import pytest

from app.kit.resources import Resources
from tests.client import Tenant
from tests.consistency import offenders
from tests.imports.batches import Answer, key, person, shown, suppress
from tests.imports.test_files import PEOPLE, Work, imported, sent

INVALID = "Not a valid email address"


async def table(api: httpx.AsyncClient, import_id: int, **query: Any) -> list[list[str]]:
    """The rows of the CSV, the header first."""
    answer = await api.get(f"/imports/{import_id}/rejected.csv", params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    file_name = f"import-{import_id}-rejected.csv"
    assert answer.headers["content-disposition"] == f'attachment; filename="{file_name}"'
    return list(csv.reader(io.StringIO(answer.text, newline="")))


@pytest.fixture
async def done(tenant: Tenant, work: Work) -> int:
    """A file of six rows, of which two got in."""
    started = await imported(tenant, await tenant.campaign(), PEOPLE)
    await work()
    found: int = started["id"]
    return found


async def test_in_the_columns_of_the_file(api: httpx.AsyncClient, done: int) -> None:
    header = PEOPLE.splitlines()[0].split(",")
    assert await table(api, done) == [
        [*header, "code", "reason", "row"],
        ["cy@", "Cy", "", "", "", "", "invalid_email", INVALID, "3"],
        [
            *("ann@example.com", "Anna", "", "", "", ""),
            *("duplicate_in_batch", "Repeats an earlier row of this import", "4"),
        ],
        ["", "Dora", "", "", "", "", "missing_email", "No email address", "5"],
        [
            *("eve@example.com,Eve,Fox,Acme,Law,too,many", "", "", "", "", ""),
            *("unreadable_row", "The row has 7 cells, the header has 6", "6"),
        ],
    ]


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ({"code": "missing_email"}, ["5"]),
        ({"outcome": "failed"}, ["3", "5", "6"]),
        ({"outcome": "skipped"}, ["4"]),
        ({"outcome": "excluded"}, ["3", "4", "5", "6"]),
        ({"outcome": "added"}, []),
        ({"outcome": "skipped", "code": "missing_email"}, []),
    ],
)
async def test_rows_of_a_kind(
    api: httpx.AsyncClient, done: int, query: dict[str, str], rows: list[str]
) -> None:
    header, *found = await table(api, done, **query)
    assert header[-1] == "row"
    assert [row[-1] for row in found] == rows


async def test_mended_and_sent_again(
    tenant: Tenant, resources: Resources, work: Work, done: int
) -> None:
    """Without a word about columns; and what is refused again has the same columns again."""
    rows = await table(tenant.api, done)
    rows[1][0], rows[3][0] = "cy@example.com", "dora@"
    mended = io.StringIO()
    csv.writer(mended).writerows(rows)
    campaign_id = (await shown(tenant.api, f"/imports/{done}"))["campaign_id"]
    draft = (await sent(tenant, campaign_id, mended.getvalue())).json()
    mapped = {one["column"]: one["target"] for one in draft["preview"]["mapping"]}
    assert mapped == {
        "E-Mail": "email",
        "Vorname": "first_name",
        "Nachname": "last_name",
        "Firma": "company_name",
        "Branche": "industry",
        "Icebreaker": "custom_fields.Icebreaker",
        **dict.fromkeys(("code", "reason", "row")),
    }
    await tenant.api.post(f"/imports/{draft['id']}/start")
    await work()
    again = await shown(tenant.api, f"/imports/{draft['id']}")
    assert again["by_code"] == {"added": 1, "duplicate_in_campaign": 1, "invalid_email": 2}
    assert (await person(tenant, "cy@example.com"))["custom_fields"] == {}
    left = ["eve@example.com,Eve,Fox,Acme,Law,too,many", "", "", "", "", ""]  # nobody mended it
    assert await table(tenant.api, draft["id"], code="invalid_email") == [
        rows[0],
        ["dora@", "Dora", "", "", "", "", "invalid_email", INVALID, "3"],
        [*left, "invalid_email", INVALID, "4"],
    ]
    assert not await offenders(resources, tenant.id)


async def test_a_file_with_columns_of_the_same_names(tenant: Tenant, work: Work) -> None:
    text = "code,email,row\n4711,cy@,A\n4712,ann@x.com,B"
    started = await imported(tenant, await tenant.campaign(), text)
    await work()
    header, row = await table(tenant.api, started["id"])
    assert header == ["code", "email", "row", "leadgate_code", "reason", "leadgate_row"]
    assert row == ["4711", "cy@", "A", "invalid_email", INVALID, "1"]
    mended = "\n".join(map(",".join, (header, row, [row[0], "ann@x.com", *row[2:]])))
    again = await imported(tenant, await tenant.campaign(), mended, duplicate_scope="campaign")
    await work()
    assert await table(tenant.api, again["id"]) == [header, row]


FORMULAS = ["=1+1", "+49 170 1", "-5", "@SUM(A1)", '=HYPERLINK("http://x.com","y")', "\uff1d1"]


async def test_no_spreadsheet_takes_a_cell_for_a_formula(tenant: Tenant, work: Work) -> None:
    """And what is sent again is what was sent."""
    here, there = await tenant.campaigns(2)
    leads: list[Answer] = [
        {"email": f"p{n}@x.com", "first_name": text, "custom_fields": {"=x": text}}
        for n, text in enumerate(FORMULAS)
    ]
    await tenant.add(there, *(lead["email"] for lead in leads))
    refused = await tenant.add(here, *leads)
    header, *rows = await table(tenant.api, refused["import_id"])
    assert header[-4] == "custom_fields.=x"
    assert [row[1] for row in rows] == [row[-4] for row in rows] == [f"'{t}" for t in FORMULAS]
    answer = await tenant.api.get(f"/imports/{refused['import_id']}/rejected.csv")
    await imported(tenant, here, answer.content, duplicate_scope="campaign")
    await work()
    for lead in leads:
        found = await person(tenant, lead["email"])
        assert found["first_name"] == lead["first_name"]
        assert found["custom_fields"] == lead["custom_fields"]


async def test_a_batch_in_the_names_of_the_wire(tenant: Tenant, work: Work) -> None:
    """Custom fields that refused rows have are columns, and understood when they come again."""
    here, there = await tenant.campaigns(2)
    await suppress(tenant, "leads/block-list", "bob@x.com", "eve@x.com")
    custom: dict[str, Any] = {"Team": "red", "n": 1e20, "ok": True, "no": None}
    batch: list[Answer] = [
        {"email": "New@x.com", "custom_fields": {"of nobody refused": 1}},
        {"email": "Bob@x.com", "first_name": "Bób", "company_size": 7, "custom_fields": custom},
        {"email": "eve@x.com", "custom_fields": {"email": "other@x.com"}},
    ]
    refused = await tenant.add(here, *batch)
    header, bob, eve = await table(tenant.api, refused["import_id"])
    assert header == [
        *("email", "first_name", "last_name", "phone_number", "company_name", "website"),
        *("location", "linkedin_profile", "company_url", "job_title", "city", "country"),
        *("industry", "company_size", "revenue", "language"),
        *(f"custom_fields.{name}" for name in ("Team", "email", "n", "no", "ok")),
        *("code", "reason", "row"),
    ]
    assert dict(zip(header, bob, strict=True)) == dict.fromkeys(header, "") | {
        "email": "Bob@x.com",
        "first_name": "Bób",
        "company_size": "7",
        "custom_fields.Team": "red",
        "custom_fields.n": "100000000000000000000",
        "custom_fields.ok": "true",
        "code": "blocked",
        "reason": "On global block list",
        "row": "2",
    }
    answer = await tenant.api.get(f"/imports/{refused['import_id']}/rejected.csv")
    started = await imported(tenant, there, answer.content, ignore_global_block_list=True)
    await work()
    assert (await shown(tenant.api, f"/imports/{started['id']}"))["by_code"] == {"added": 2}
    found = await person(tenant, "bob@x.com")
    assert (found["first_name"], found["company_size"]) == ("Bób", "7")
    assert found["custom_fields"]["Team"] == "red"
    assert (await person(tenant, "eve@x.com"))["custom_fields"] == {"email": "other@x.com"}
    assert eve[header.index("custom_fields.email")] == "other@x.com"


async def test_objects_have_a_column_for_each_member(tenant: Tenant, work: Work) -> None:
    """Also for those that only later rows have."""
    text = '{"email": "cy@", "tool": {"a": 1}}\n{"email": "ann@x.com", "late": 1}\n'
    started = await imported(tenant, await tenant.campaign(), text)
    await work()
    assert await table(tenant.api, started["id"]) == [
        ["email", "tool", "late", "code", "reason", "row"],
        ["cy@", '{"a":1}', "", "invalid_email", INVALID, "1"],
    ]


async def test_more_columns_than_a_file_may_have(tenant: Tenant) -> None:
    """The rest is one column of JSON, and nothing is lost on the way back."""
    here, there = await tenant.campaigns(2)
    leads: list[Answer] = [
        {"email": f"p{n}@x.com", "custom_fields": {f"f{n}-{k:03}": f"v{k}" for k in range(150)}}
        for n in range(7)
    ]
    await tenant.add(there, *(lead["email"] for lead in leads))
    refused = await tenant.add(here, *leads)
    header, *_ = await table(tenant.api, refused["import_id"])
    assert len(header) == 1_000
    assert header[-4] == "custom_fields"
    answer = await tenant.api.get(f"/imports/{refused['import_id']}/rejected.csv")
    draft = (await sent(tenant, here, answer.content)).json()
    mapping = draft["settings"]["mapping"]
    assert (mapping["email"], mapping["custom_fields"]) == ("email", "custom_fields")


async def test_more_rows_than_a_page(tenant: Tenant, work: Work) -> None:
    """Each once, in their order, also across chunks."""
    text = "\n".join(["email,n", *(f"person{n},{n}" for n in range(2_500))])
    mapping = {"email": "email", "n": "custom_fields.n"}
    started = await imported(tenant, await tenant.campaign(), text, mapping=mapping)
    await work()
    _, *found = await table(tenant.api, started["id"])
    assert [row[1] for row in found] == [str(n) for n in range(2_500)]
    assert [row[-1] for row in found] == [str(n + 1) for n in range(2_500)]


async def test_a_header_stands_there_also_without_rows(tenant: Tenant) -> None:
    clean = await tenant.add(await tenant.campaign(), "ann@x.com")
    [header] = await table(tenant.api, clean["import_id"])
    assert (header[0], header[-3:]) == ("email", ["code", "reason", "row"])
    answer = await tenant.api.head(f"/imports/{clean['import_id']}/rejected.csv")
    assert (answer.status_code, answer.content) == (200, b"")


async def test_who_may_ask(
    tenant: Tenant, anonymous: httpx.AsyncClient, other: Tenant, done: int
) -> None:
    path = f"/imports/{done}/rejected.csv"
    headers = await key(tenant, scope="read")
    assert (await tenant.api.get(path, headers=headers)).status_code == 200
    assert (await anonymous.get(path)).status_code == 401
    answer = await other.api.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "import_not_found")
    assert (await tenant.api.get(path, params={"code": "strange"})).status_code == 422
