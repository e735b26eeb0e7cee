"""What happens at once must come out as if it had happened one after the other."""

import asyncio
from collections import Counter

import httpx

from tests.client import Tenant
from tests.leads.people import joined, listed, member
from tests.make import people

ROUNDS = 5


async def test_two_take_one_address(api: httpx.AsyncClient, tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    for n in range(ROUNDS):
        ids = await joined(tenant, campaign, f"a{n}@example.com", f"z{n}@example.com")
        answers = await asyncio.gather(
            *(
                api.post(f"/campaigns/{campaign}/leads/{lead}", json={"email": f"m{n}@example.com"})
                for lead in ids
            )
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_swapping_addresses_ends(api: httpx.AsyncClient, tenant: Tenant) -> None:
    """Each wants what the other has: nobody may get it, and nobody waits for ever."""
    campaign = await tenant.campaign()
    a, z = await joined(tenant, campaign, "a@example.com", "z@example.com")
    for _ in range(ROUNDS):
        answers = await asyncio.gather(
            api.post(f"/campaigns/{campaign}/leads/{a}", json={"email": "z@example.com"}),
            api.post(f"/campaigns/{campaign}/leads/{z}", json={"email": "a@example.com"}),
        )
        assert [answer.status_code for answer in answers] == [409, 409]


async def test_two_take_one_profile(api: httpx.AsyncClient, tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    for n in range(ROUNDS):
        emails = (f"a{n}@example.com", f"z{n}@example.com")
        ids = await joined(tenant, campaign, *emails)
        answers = await asyncio.gather(
            *(
                api.post(
                    f"/campaigns/{campaign}/leads/{lead}",
                    json={"email": email, "linkedin_profile": f"linkedin.com/in/page-{n}"},
                )
                for lead, email in zip(ids, emails, strict=True)
            )
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_a_change_of_address_races_with_batches(
    api: httpx.AsyncClient, tenant: Tenant
) -> None:
    """The batch adds the address or finds its new owner; either way it has one."""
    campaign = await tenant.campaign()
    for n in range(ROUNDS):
        rows = [lead["email"] for lead in people(20, domain=f"batch{n}.example.com")]
        [lead] = await joined(tenant, campaign, f"mover{n}@example.com")
        change, batch = await asyncio.gather(
            api.post(f"/campaigns/{campaign}/leads/{lead}", json={"email": rows[10]}),
            api.post(
                f"/campaigns/{campaign}/leads", json={"lead_list": [{"email": e} for e in rows]}
            ),
        )
        assert batch.status_code == 200, batch.text
        assert change.status_code in (200, 409), change.text
        moved = change.status_code == 200
        assert batch.json()["added_count"] == (19 if moved else 20)
        shown = (await member(api, campaign, lead))["email"]
        assert shown == (rows[10] if moved else f"mover{n}@example.com")


async def test_counts_after_a_storm(api: httpx.AsyncClient, tenant: Tenant) -> None:
    """Moves, removals and returns of the same few people leave counts that equal the rows."""
    campaign = await tenant.campaign()
    everybody = people(4)
    ids = await joined(tenant, campaign, *everybody)
    path = f"/campaigns/{campaign}/leads"
    requests = [
        request
        for lead in ids
        for request in (
            api.post(f"{path}/{lead}/pause"),
            api.post(f"{path}/{lead}/resume"),
            api.post(f"{path}/{lead}/category", json={"category_id": 1}),
            api.delete(f"{path}/{lead}"),
            api.post(f"/leads/{lead}/unsubscribe"),
            api.post(path, json={"lead_list": everybody}),
        )
    ]
    answers = await asyncio.gather(*requests)
    assert not [answer.text for answer in answers if answer.status_code >= 500]
    rows = (await api.get(path)).json()
    assert rows["total_leads"] == str(len(rows["data"]))
    for status, n in Counter(row["status"] for row in rows["data"]).items():
        assert len(await listed(api, campaign, status=status)) == n
