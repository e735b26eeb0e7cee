"""Header rows of other tools' exports, as they are, each with the mapping that is right for it.

In ``header_rows.json`` a column that is not among the ``fields`` of its list has to become a custom
field.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from app.imports.mapping.suggest import suggest
from app.imports.mapping.targets import TARGETS
from app.values import LEAD_FIELDS

ROWS: dict[str, Any] = json.loads(Path(__file__).with_name("header_rows.json").read_text("utf-8"))
TOOLS = {
    "apollo.people.parent_company": "Apollo",
    "apollo.accounts": "Apollo",
    "phantombuster.sales_navigator_search_export": "PhantomBuster",
    "evaboot.people": "Evaboot",
    "linkedin.connections": "LinkedIn",
    "hubspot.contacts.default": "HubSpot",
    "pipedrive.people": "Pipedrive",
    "pipedrive.organizations": "Pipedrive",
    "smartlead.leads_export": "SmartLead",
    "lemlist.contacts_export": "lemlist",
    "zoominfo.contacts": "ZoomInfo",
    "lusha.sentence_case": "Lusha",
    "google_contacts.classic": "Google Contacts",
    "outlook.desktop": "Outlook",
    "outlook.com": "Outlook",
    "mailchimp.audience": "Mailchimp",
    "brevo.contacts": "Brevo",
    "listmonk.subscribers": "listmonk",
    "zoho_crm.leads": "Zoho",
    "close_crm.leads": "Close",
    "excel_list.german": None,
    "kit.subscribers": None,
}


@pytest.mark.parametrize("name", ROWS)
def test_every_column_of_a_real_export(name: str) -> None:
    headers, fields = ROWS[name]["headers"], ROWS[name]["fields"]
    columns = suggest(headers, []).columns
    assert [column.name for column in columns] == headers
    assert {one.name: one.target for one in columns if one.name in fields} == fields
    others = [one for one in columns if one.name not in fields]
    assert [one.target for one in others] == [f"custom_fields.{name}" for name in renamed(others)]


def renamed(columns: list[Any]) -> list[str]:
    """A header that is there twice is numbered."""
    seen: Counter[str] = Counter()
    names = []
    for column in columns:
        seen[column.name] += 1
        names.append(f"{column.name} {seen[column.name]}".removesuffix(" 1"))
    return names


@pytest.mark.parametrize("name", ROWS)
def test_only_lists_without_an_address_lack_one(name: str) -> None:
    codes = [finding.code for finding in suggest(ROWS[name]["headers"], []).warnings]
    assert ("no_email_column" in codes) is ("email" not in ROWS[name]["fields"].values())


@pytest.mark.parametrize(("name", "tool"), TOOLS.items())
def test_tools_are_known_by_their_headers(name: str, tool: str | None) -> None:
    assert suggest(ROWS[name]["headers"], []).tool == tool


def test_the_rows_use_fields_that_exist() -> None:
    used = {field for row in ROWS.values() for field in row["fields"].values()}
    assert used <= set(TARGETS)
    assert used >= set(LEAD_FIELDS)
