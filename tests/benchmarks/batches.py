"""Batches of 400 over HTTP: fresh leads, the same again, and the first into an empty database."""

from dataclasses import replace

from tests.benchmarks.clients import Load, Measured
from tests.benchmarks.figures import Figure
from tests.benchmarks.run import Run

MANY = 10
WITH_PROFILE = 0.3


async def cold(run: Run) -> list[Figure]:
    first, (_, steady) = await run.first_leads(), await fresh_into(run, 1)
    work = f"the first {first.leads:,} leads, no statistics"
    ratio = first.rate / steady.rate
    return [Figure(work, per_second(first), ratio, "of steady", must=0.5, goal=1.0)]


async def fresh(run: Run) -> list[Figure]:
    _, one = await fresh_into(run, 1)
    _, many = await fresh_into(run, MANY)
    with_profiles = await added(run, "fresh, with profiles", some_with_profile(run))
    return [
        await against_copy(run, "fresh leads, one campaign", one, must=0.2, goal=0.35),
        await against_copy(run, f"fresh leads, {MANY} campaigns", many, must=0.2, goal=0.35),
        await against_copy(run, f"  {WITH_PROFILE:.0%} with a LinkedIn profile", with_profiles),
    ]


async def duplicates(run: Run) -> list[Figure]:
    (of_one, _), (of_many, _) = await fresh_into(run, 1), await fresh_into(run, MANY)
    one = await refused(run, "duplicates, one campaign", of_one)
    many = await refused(run, f"duplicates, {MANY} campaigns", of_many)
    return [
        await against_copy(run, "all duplicates, one campaign", one, must=0.3, goal=0.5),
        await against_copy(run, f"all duplicates, {MANY} campaigns", many, must=0.3, goal=0.5),
    ]


async def fresh_into(run: Run, campaigns: int) -> tuple[Load, Measured]:
    """The steady rate, once per run; the load is what is sent again as duplicates."""

    async def measure() -> tuple[Load, Measured]:
        await run.first_leads()
        load = run.fresh(run.stage.campaigns(campaigns))
        name = "fresh, one campaign" if campaigns == 1 else f"fresh, {campaigns} campaigns"
        return load, await added(run, name, load)

    return await run.once(f"fresh into {campaigns}", measure)


def some_with_profile(run: Run) -> Load:
    return replace(run.fresh(run.stage.campaigns(1)), with_profile=WITH_PROFILE)


async def added(run: Run, name: str, load: Load) -> Measured:
    measured = await run.send(name, load)
    assert measured.added == measured.leads, "somebody unknown was refused"
    return measured


async def refused(run: Run, name: str, load: Load) -> Measured:
    measured = await run.send(name, load)
    assert measured.added == 0, "somebody was let in twice"
    return measured


async def against_copy(
    run: Run, work: str, measured: Measured, must: float | None = None, goal: float | None = None
) -> Figure:
    ratio = measured.rate / await run.copy_rate()
    return Figure(work, per_second(measured), ratio, "of COPY", must=must, goal=goal)


def per_second(measured: Measured) -> str:
    return f"{measured.rate:,.0f} leads/s"
