"""The operator's money: no look-up more than a day is worth."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.kit.resources import Resources
from app.settings import Settings
from app.validation.providers.budget import BudgetedVerifier
from app.validation.providers.opening import open_verifier
from app.values import ValidationReason as Reason
from app.values import ValidationResult as Result
from tests.providers import Answer, items
from tests.validation.providers.asking import ANN, BOB, asked, contract, said

VALID = (Result.VALID, Reason.PROVIDER_CONFIRMED)
NOT_COVERED = (Result.UNVERIFIED, Reason.NOT_PROBED)


@pytest.fixture(autouse=True)
async def nothing_spent(resources: Resources) -> AsyncIterator[None]:
    await resources.database.fetch("delete from provider_budgets")
    yield
    await resources.database.fetch("delete from provider_budgets")


async def spent(resources: Resources) -> int:
    rows = await resources.database.fetch("select spent from provider_budgets")
    return sum(row["spent"] for row in rows)


async def test_it_ends_hard(resources: Resources) -> None:
    async with contract(items()) as (verifier, served):
        budgeted = BudgetedVerifier(verifier, resources.database, 3)
        assert said(await asked(budgeted, ANN, BOB)) == [VALID, VALID]
        found = await asked(budgeted, "c@example.com", "d@example.com")
        assert said(found) == [VALID, NOT_COVERED]
        assert found[1].raw == {"failure": "the daily budget is spent"}
        assert found[1].cost == 0
        assert found[1].retry_after
        assert 0 < found[1].retry_after <= 86_400
        assert said(await asked(budgeted, "e@example.com")) == [NOT_COVERED]
    assert served.addresses == [ANN, BOB, "c@example.com"]
    assert await spent(resources) == 3


async def test_many_at_once_spend_it_once(resources: Resources) -> None:
    async with contract(items()) as (verifier, served):
        budgeted = BudgetedVerifier(verifier, resources.database, 25)
        batches = [[f"p{n}-{m}@example.com" for m in range(4)] for n in range(10)]
        found = await asyncio.gather(*(asked(budgeted, *batch) for batch in batches))
    assert [*said([one for batch in found for one in batch])].count(VALID) == 25
    assert len(served.addresses) == 25
    assert await spent(resources) == 25


@pytest.mark.parametrize(
    ("answer", "left"),
    [
        (Answer(status=429), 0),
        (Answer(status=401), 0),
        (Answer(cut=True), 2),
        (Answer(b"{"), 2),
        (items(cost=0), 0),
        (items(cost=3), 6),
        (items(cost=-1), 2),
        (items(cost=10**9), 2),
    ],
)
async def test_what_was_not_looked_up_is_given_back(
    resources: Resources, answer: Answer, left: int
) -> None:
    async with contract(answer) as (verifier, _):
        await asked(BudgetedVerifier(verifier, resources.database, 10), ANN, BOB)
    assert await spent(resources) == left


async def test_what_a_killed_process_took_stays_spent(resources: Resources) -> None:
    async with contract(Answer(delay_s=5)) as (verifier, _):
        budgeted = BudgetedVerifier(verifier, resources.database, 10)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await asked(budgeted, ANN, BOB)
    assert await spent(resources) == 2


async def test_the_settings_name_the_provider(resources: Resources, settings: Settings) -> None:
    async with open_verifier(settings, resources.database) as verifier:
        assert verifier is None
    async with contract(items()) as (_, served):
        given = {**settings.model_dump(), "verifier_url": served.url, "verifier_daily_budget": 1}
        named = Settings.model_validate({**given, "verifier_key": "k"})
        async with open_verifier(named, resources.database) as verifier:
            assert verifier
            assert said(await asked(verifier, ANN, BOB)) == [VALID, NOT_COVERED]
        assert served.asked[0].headers["authorization"] == "Bearer k"
        other = Settings.model_validate({**given, "verifier_kind": "reacher"})
        async with open_verifier(other, resources.database) as verifier:
            assert verifier
            assert (verifier.name, verifier.max_batch) == ("reacher", 50)


@pytest.mark.parametrize(
    "url",
    ["ftp://x", "x", "http://user:pass@x", "http://x/?key=1", "http://", "http://x#y", "x y"],
)
def test_what_is_no_address_of_a_provider(settings: Settings, url: str) -> None:
    with pytest.raises(ValueError, match="verifier_url"):
        Settings.model_validate({**settings.model_dump(), "verifier_url": url})
