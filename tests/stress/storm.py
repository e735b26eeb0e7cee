"""Few people, many clients, and everything that can be done to them, in random order."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from app.values import DuplicateScope, LeadStatus, Mode, OnLinkedinMatch
from tests.client import Tenant
from tests.consistency import offenders
from tests.stress.crowd import COMPANY_PAGE, address, page, spelt
from tests.stress.service import Service

CLIENTS = 16
CAMPAIGNS = (1, 2, 6)
PEOPLE = (3, 6, 24)
PROFILES = (2, 4, 12)
"""How many there are differs from storm to storm. Few people meet often, many wait less."""
SIZES = (1, 2, 3, 5, 8)
MODES = (Mode.CREATE_ONLY, Mode.CREATE_AND_UPDATE, Mode.CREATE_AND_UPDATE, Mode.UPDATE_ONLY)
REST_S = 0.01
"""At most, between two requests of a client."""
LOOK_EVERY_S = 1.0
REMEMBERED = 20


@dataclass
class World:
    """One client's view of a workspace that all of them share."""

    tenant: Tenant
    random: Random
    floor: DuplicateScope
    people: int
    profiles: int
    campaigns: list[int]
    members: deque[tuple[int, int]] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    """Campaign and lead, as they were added; many of them still are members."""

    def campaign(self) -> str:
        return f"/campaigns/{self.random.choice(self.campaigns)}"

    def lead(self) -> str:
        return f"/leads/{self._member()[1]}"

    def member(self) -> str:
        campaign, lead = self._member()
        return f"/campaigns/{campaign}/leads/{lead}"

    def _member(self) -> tuple[int, int]:
        return self.random.choice(self.members) if self.members else (self.campaigns[0], 1)

    def email(self) -> str:
        return address(self.random.randrange(self.people))

    def often(self, share: float) -> bool:
        return self.random.random() < share

    async def new_campaign(self) -> int:
        """Under the floor ``active`` it sends, because a start lets everybody in."""
        sends = self.floor is DuplicateScope.ACTIVE
        return await self.tenant.campaign(status="START" if sends else None)


async def storm(service: Service, seed: str, *, seconds: float, floor: DuplicateScope) -> list[str]:
    """What was found wrong: while it lasted, and after the last job was done."""
    async with service.tenant() as tenant:
        await tenant.policy(floor=floor)
        random = Random(seed)
        size = random.choice(PEOPLE), random.choice(PROFILES)
        first = World(tenant, random, floor, *size, [])
        first.campaigns += [await first.new_campaign() for _ in range(random.choice(CAMPAIGNS))]
        clients = [replace(first, random=Random(f"{seed}-{n}")) for n in range(CLIENTS)]
        end = time.monotonic() + seconds
        looking = asyncio.create_task(_look(service, tenant, floor, end))
        await asyncio.gather(*(_act(client, end) for client in clients))
        wrong = await looking
        await service.work_is_done()
        return wrong or await offenders(service.resources, tenant.id, floor)


async def _look(service: Service, tenant: Tenant, floor: DuplicateScope, end: float) -> list[str]:
    while time.monotonic() < end:
        await asyncio.sleep(LOOK_EVERY_S)
        if wrong := await offenders(service.resources, tenant.id, floor):
            return wrong
    return []


async def _act(world: World, end: float) -> None:
    acts, weights = list(ACTS), list(ACTS.values())
    while time.monotonic() < end:
        [act] = world.random.choices(acts, weights)
        await act(world)
        await asyncio.sleep(world.random.random() * REST_S)


# What clients do.


async def add(world: World) -> None:
    """A batch, of anybody, on any terms."""
    random = world.random
    rows = [_row(world) for _ in range(random.choice(SIZES))]
    settings = {
        "mode": random.choice(MODES),
        "duplicate_scope": random.choice([None, *DuplicateScope]),
        "on_linkedin_match": random.choice(list(OnLinkedinMatch)),
        "overwrite_existing": world.often(0.5),
        "dry_run": world.often(0.1),
        "ignore_unsubscribe_list": world.often(0.7),
        "ignore_global_block_list": world.often(0.7),
        "return_lead_ids": True,
    }
    campaign = random.choice(world.campaigns)
    answer = await world.tenant.api.post(
        f"/campaigns/{campaign}/leads", json={"lead_list": rows, "settings": settings}
    )
    if answer.is_success:
        world.members.extend((campaign, lead) for lead in answer.json()["lead_ids"])
        _check_sum(answer.json(), len(rows))


def _row(world: World) -> dict[str, Any]:
    row: dict[str, Any] = {"email": spelt(world.random, world.email())}
    if world.often(0.4):
        row |= _page(world)
    if world.often(0.5):
        row |= {"first_name": f"First{world.random.randrange(3)}"}
    if world.often(0.3):
        row |= {"custom_fields": {"opener": f"Opener {world.random.randrange(3)}"}}
    return row


def _page(world: World) -> dict[str, str]:
    if world.often(0.1):
        return {"linkedin_profile": COMPANY_PAGE}
    return {"linkedin_profile": page(world.random, f"p{world.random.randrange(world.profiles)}")}


def _check_sum(answer: dict[str, Any], rows: int) -> None:
    counts = [answer[f"{what}_count"] for what in ("added", "updated", "unchanged", "skipped")]
    assert answer["upload_count"] == sum(counts) == rows, answer


async def change(world: World) -> None:
    """Another address, another profile, another name."""
    fields: dict[str, Any] = {"first_name": f"First{world.random.randrange(3)}"}
    if world.often(0.4):
        fields["email"] = spelt(world.random, world.email())
    if world.often(0.5):
        fields |= _page(world)
    if world.often(0.3):
        fields["custom_fields"] = {"opener": "Hello"}
    await world.tenant.api.patch(world.member(), json=fields)


async def set_status(world: World) -> None:
    status = world.random.choice(list(LeadStatus))
    await world.tenant.api.post(f"{world.member()}/status", json={"status": status})


async def pause_or_resume(world: World) -> None:
    verb = world.random.choice(["pause", "resume", "resume"])
    await world.tenant.api.post(f"{world.member()}/{verb}")


async def categorise(world: World) -> None:
    body = {"category_id": world.random.randint(1, 9), "pause_lead": world.often(0.3)}
    await world.tenant.api.post(f"{world.member()}/category", json=body)


async def unsubscribe(world: World) -> None:
    whom = world.member() if world.often(0.8) else world.lead()
    await world.tenant.api.post(f"{whom}/unsubscribe")


async def delete(world: World) -> None:
    await world.tenant.api.delete(world.member())


async def suppress(world: World) -> None:
    kind = world.random.choice(["unsubscribes", "do-not-contact"])
    emails = [world.email() for _ in range(3)]
    body: dict[str, Any] = {"emails": emails}
    if kind == "unsubscribes" and world.often(0.5):
        body["campaign_id"] = world.random.choice(world.campaigns)
    await world.tenant.api.post(f"/{kind}", json=body)


async def lift(world: World) -> None:
    """Whatever may be lifted, or nobody is left to play with."""
    kind = world.random.choice(["unsubscribes", "do-not-contact"])
    found = await world.tenant.api.get(f"/{kind}", params={"limit": 1000})
    for entry in found.json()["data"]:
        if not entry["protected"]:
            await world.tenant.api.request("DELETE", f"/{kind}", json={"ids": [entry["id"]]})


async def read(world: World) -> None:
    campaign = world.campaign()
    paths = (
        f"{campaign}/leads",
        campaign,
        f"{world.lead()}/campaigns",
        f"/leads/why?email={world.email()}&campaign_id={campaign.rpartition('/')[2]}",
        "/leads/all",
    )
    await world.tenant.api.get(world.random.choice(paths))


async def set_campaign_status(world: World) -> None:
    """Not under the floor ``active``: a start is no entry, so it may make people active twice."""
    if world.floor is not DuplicateScope.ACTIVE:
        status = world.random.choice(["START", "PAUSED", "STOPPED", "COMPLETED"])
        await world.tenant.api.post(f"{world.campaign()}/status", json={"status": status})


async def delete_campaign(world: World) -> None:
    """Another one takes its place; requests to the old one go on for a while."""
    place = world.random.randrange(len(world.campaigns))
    gone, world.campaigns[place] = world.campaigns[place], await world.new_campaign()
    await world.tenant.api.delete(f"/campaigns/{gone}")


ACTS: dict[Callable[[World], Awaitable[None]], int] = {
    add: 30,
    change: 25,
    set_status: 8,
    pause_or_resume: 8,
    categorise: 3,
    unsubscribe: 2,
    delete: 15,
    suppress: 2,
    lift: 3,
    read: 5,
    set_campaign_status: 3,
    delete_campaign: 1,
}
"""How often, relatively."""
