"""The README's session with the Python client that was generated from the document.

``.ci/clients`` generates it, checks this file with it by ``mypy --strict``, and runs both against a
new service: $LEADGATE_URL, $LEADGATE_API_KEY.
"""

import os
from typing import TypeVar

from leadgate_client import AuthenticatedClient
from leadgate_client.api.campaigns import create_campaign, delete_campaign, set_campaign_status
from leadgate_client.api.gate import check_leads, explain_lead
from leadgate_client.api.imports import add_leads, get_import, list_import_rows
from leadgate_client.api.leads import (
    delete_lead,
    get_lead,
    list_campaign_leads,
    pause_lead,
    set_lead_status,
)
from leadgate_client.api.suppression import add_domain_block_list
from leadgate_client.models import (
    AddLeadsIn,
    AddLeadsOut,
    BatchSettingsIn,
    BlockDomainsIn,
    BlockDomainsOut,
    CampaignCreatedOut,
    CampaignLeadsOut,
    CampaignStatusIn,
    CampaignStatusOut,
    CheckIn,
    CheckOut,
    CheckRowIn,
    Code,
    CreateCampaignIn,
    DataOut,
    DeletedCampaignOut,
    DuplicateScope,
    ImportOut,
    ImportState,
    LeadIn,
    LedgerOut,
    OutcomeFilter,
    Problem,
    RemovedOut,
    StatusIn,
    StatusOut,
    WhyOut,
)

T = TypeVar("T")


def the(expected: type[T], answer: object) -> T:
    """The answer, which must have been read as this model."""
    assert isinstance(answer, expected), answer
    return answer


def batch(*leads: LeadIn, scope: DuplicateScope | None = None) -> AddLeadsIn:
    return AddLeadsIn(lead_list=list(leads), settings=BatchSettingsIn(duplicate_scope=scope))


def main() -> None:
    client = AuthenticatedClient(
        base_url=os.environ["LEADGATE_URL"], token=os.environ["LEADGATE_API_KEY"]
    )
    spring = fill(client)
    work(client, spring)
    summer = enter_again(client, spring)
    ask(client, summer)
    look_back(client, spring, summer)
    wrong = the(Problem, get_lead.sync(10**12, client=client))
    assert (wrong.status, wrong.code) == (404, "lead_not_found")


def fill(client: AuthenticatedClient) -> CampaignCreatedOut:
    spring = the(
        CampaignCreatedOut,
        create_campaign.sync(client=client, body=CreateCampaignIn(name="Spring")),
    )
    assert (spring.id, spring.name) == (1, "Spring")
    blocked = the(
        BlockDomainsOut,
        add_domain_block_list.sync(
            client=client, body=BlockDomainsIn(domain_block_list=["rival.com"])
        ),
    )
    assert (blocked.success, blocked.total_domain_added) == (True, 1)
    ann = LeadIn(
        email="ann@example.com", first_name="Ann", custom_fields={"icebreaker": "Saw your talk"}
    )
    others = ("Ann Lee <Ann@Example.com>", "bob@rival.com", "cy@", "dora@example.org")
    body = batch(ann, *(LeadIn(email=email) for email in others))
    added = the(AddLeadsOut, add_leads.sync(spring.id, client=client, body=body))
    assert (added.added_count, added.block_count, added.invalid_emails) == (2, 1, ["cy@"])
    assert [skipped.code for skipped in added.skipped_leads] == [
        Code.DUPLICATE_IN_BATCH,
        Code.BLOCKED,
        Code.INVALID_EMAIL,
    ]
    return spring


def work(client: AuthenticatedClient, spring: CampaignCreatedOut) -> None:
    start = CampaignStatusIn(status="START")
    assert the(CampaignStatusOut, set_campaign_status.sync(spring.id, client=client, body=start)).ok
    page = the(CampaignLeadsOut, list_campaign_leads.sync(spring.id, client=client, limit=1))
    assert (page.total_leads, len(page.data), page.next_cursor is None) == ("2", 1, False)
    assert page.data[0].lead.custom_fields.to_dict() == {"icebreaker": "Saw your talk"}
    assert the(DataOut, pause_lead.sync(spring.id, 2, client=client)).data == "success"


def enter_again(client: AuthenticatedClient, spring: CampaignCreatedOut) -> CampaignCreatedOut:
    summer = the(
        CampaignCreatedOut,
        create_campaign.sync(client=client, body=CreateCampaignIn(name="Summer")),
    )
    ann, eve, dora = (
        LeadIn(email=email) for email in ("ann@example.com", "eve@example.net", "dora@example.org")
    )
    added = the(AddLeadsOut, add_leads.sync(summer.id, client=client, body=batch(ann, eve)))
    conflict = added.skipped_leads[0].conflict
    assert conflict is not None
    assert (conflict.campaign_name, conflict.status) == ("Spring", "NOT_CONTACTED")
    status = StatusIn(status="INTERESTED")
    answer = set_lead_status.sync(spring.id, 1, client=client, body=status)
    assert the(StatusOut, answer).status == "INTERESTED"
    body = batch(ann, dora, scope=DuplicateScope.ACTIVE)
    added = the(AddLeadsOut, add_leads.sync(summer.id, client=client, body=body))
    assert (added.added_count, added.applied_scope) == (1, DuplicateScope.ACTIVE)
    assert added.skipped_leads[0].code is Code.IN_PROGRESS_IN_OTHER_CAMPAIGN
    return summer


def ask(client: AuthenticatedClient, summer: CampaignCreatedOut) -> None:
    why = the(
        WhyOut,
        explain_lead.sync(client=client, email="bob@rival.com", campaign_id=summer.id),
    )
    assert (why.add.allowed, why.add.code, why.facts.lead_id) == (False, Code.BLOCKED, None)
    assert why.add.matched is not None
    assert why.add.matched.added_at.tzinfo is not None
    rows = [CheckRowIn(email="eve@example.net"), CheckRowIn(domain="rival.com")]
    checked = the(CheckOut, check_leads.sync(client=client, body=CheckIn(rows=rows)))
    assert [row.code for row in checked.data] == [Code.DUPLICATE_IN_OTHER_CAMPAIGN, Code.BLOCKED]


def look_back(
    client: AuthenticatedClient, spring: CampaignCreatedOut, summer: CampaignCreatedOut
) -> None:
    first = the(ImportOut, get_import.sync(1, client=client))
    assert (first.state, first.counts.added) == (ImportState.COMPLETED, 2)
    rows = the(
        LedgerOut,
        list_import_rows.sync(1, client=client, outcome=OutcomeFilter.EXCLUDED, limit=1),
    )
    assert rows.data[0].given is not None
    assert rows.data[0].given.to_dict() == {"email": "Ann Lee <Ann@Example.com>"}
    assert the(RemovedOut, delete_lead.sync(spring.id, 1, client=client)).ok
    assert the(DeletedCampaignOut, delete_campaign.sync(summer.id, client=client)).ok


if __name__ == "__main__":
    main()
