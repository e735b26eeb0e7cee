"""Who is active: the rule, and the same as a condition in SQL."""

import itertools

from app.gate.facts import active_in
from app.gate.repository import active
from app.kit.resources import Resources
from app.values import CampaignStatus, LeadStatus

EVERY_CASE = f"""
select cl.status, c.status campaign_status, c.holding, a.archived, {active("cl", "c")} active
from unnest($1::text[]) cl (status)
cross join unnest(array[true, false]) a (archived)
cross join lateral (
    select status, holding, case when a.archived then now() end archived_at
    from unnest($2::text[]) s (status) cross join unnest(array[true, false]) h (holding)) c
"""  # noqa: S608  # text of ours


async def test_the_rule_and_the_condition_agree(resources: Resources) -> None:
    rows = await resources.database.fetch(EVERY_CASE, list(LeadStatus), list(CampaignStatus))
    found = {tuple(row.values())[:4] for row in rows if row["active"]}
    assert len(rows) == len(LeadStatus) * len(CampaignStatus) * 4
    assert found == {
        (status, campaign, holding, archived)
        for campaign, holding, archived in itertools.product(
            CampaignStatus, (True, False), (True, False)
        )
        for status in active_in(campaign, holding=holding, archived=archived)
    }
