"""Eight clients at once, and who is where at the end."""

import asyncio
from collections import Counter
from random import Random
from typing import Any

from app.values import DuplicateScope
from tests.client import Tenant
from tests.consistency import offenders
from tests.stress.crowd import crowd, persons
from tests.stress.service import Service

CLIENTS = 8
EVERYBODY = 400
FEW = 40

MEMBERS_BY_PERSON = """
select l.email, l.linkedin_key, cl.campaign_id
from campaign_leads cl
join leads l on l.workspace_id = $1 and l.id = cl.lead_id
where cl.workspace_id = $1 and cl.campaign_id = any($2::bigint[])
"""


async def everybody_to_everywhere(service: Service, seed: str) -> list[str]:
    """Each client sends the same people to its own campaign, under scope ``workspace``."""
    random = Random(seed)
    async with service.tenant() as tenant:
        campaigns = await tenant.campaigns(CLIENTS)
        answers = await _send(random, tenant, campaigns, DuplicateScope.WORKSPACE)
        wrong = await _counted(service, tenant, campaigns, answers)
        return wrong + await offenders(service.resources, tenant.id, DuplicateScope.WORKSPACE)


async def everybody_again(service: Service, seed: str) -> list[str]:
    """The same under scope ``active``, where some were in a campaign that is over, some replied."""
    random = Random(seed)
    async with service.tenant() as tenant:
        over, replied = [await tenant.campaign(status="START") for _ in range(2)]
        people = crowd(random, EVERYBODY)
        await tenant.add(over, *people[: EVERYBODY // 2])
        answer = await tenant.add(replied, *people[-FEW:], return_lead_ids=True)
        for lead in answer["lead_ids"]:
            path = f"/campaigns/{replied}/leads/{lead}/status"
            await tenant.api.post(path, json={"status": "REPLIED"})
        await tenant.api.post(f"/campaigns/{over}/status", json={"status": "COMPLETED"})
        campaigns = [await tenant.campaign(status="START") for _ in range(CLIENTS)]
        answers = await _send(random, tenant, campaigns, DuplicateScope.ACTIVE)
        wrong = await _counted(service, tenant, campaigns, answers)
        return wrong + await offenders(service.resources, tenant.id, DuplicateScope.ACTIVE)


async def _send(
    random: Random, tenant: Tenant, campaigns: list[int], scope: DuplicateScope
) -> list[dict[str, Any]]:
    return await asyncio.gather(
        *(
            tenant.add(campaign, *crowd(random, EVERYBODY), duplicate_scope=scope)
            for campaign in campaigns
        )
    )


async def _counted(
    service: Service, tenant: Tenant, campaigns: list[int], answers: list[dict[str, Any]]
) -> list[str]:
    """Each person is a member of one of the campaigns, and was added to one by the answers."""
    rows = await service.resources.database.fetch(MEMBERS_BY_PERSON, tenant.id, campaigns)
    emails = Counter(row["email"] for row in rows)
    profiles = Counter(row["linkedin_key"] for row in rows if row["linkedin_key"])
    added = sum(answer["added_count"] for answer in answers)
    facts = {
        "people who are members": (len(emails), persons(EVERYBODY)),
        "their memberships": (emails.total(), persons(EVERYBODY)),
        "people a profile, at most": (max(profiles.values()), 1),
        "people added by the answers": (added, persons(EVERYBODY)),
    }
    return [f"{name}: {is_} instead of {be}" for name, (is_, be) in facts.items() if is_ != be]
