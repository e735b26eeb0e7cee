"""The figures of the database."""

from dataclasses import dataclass

from app.kit.db import Database
from app.values import ValidationLevel

# By three indexes: what ended earlier is not read, however long it is kept. A job whose worker died
# is due for the next one since its lease ran out.
FIGURES = """
select kind, state, count(*) jobs, max(extract(epoch from now() - due))::float8 due_s from (
    select kind, state, run_at due from jobs where state = 'queued'
    union all
    select kind, state, case when lease_until < now() then lease_until end
    from jobs where state = 'running'
    union all
    select kind, state, null from jobs where finished_at > now() - interval '1 hour') live
group by kind, state
"""


# The first of a queue that may be long; how long it is beyond that tells no more.
WAITING = """
select stage, count(*) leads from (select stage from unvalidated limit 100000) waiting
group by stage
"""


STAGES = (ValidationLevel.DOMAIN, ValidationLevel.MAILBOX)


@dataclass(frozen=True)
class JobFigure:
    """``due_s``: how long the first that waits has been due; below 0 if it is not yet.

    None: nobody waits for a worker.
    """

    kind: str
    state: str
    jobs: int
    due_s: float | None


async def job_figures(database: Database) -> list[JobFigure]:
    """Jobs of all workspaces that wait or run, or ended within the last hour."""
    return [JobFigure(*row.values()) for row in await database.fetch(FIGURES)]


async def leads_waiting(database: Database) -> dict[str, int]:
    """Of all workspaces, by the stage of the check that they wait for."""
    found = {row["stage"]: row["leads"] for row in await database.fetch(WAITING)}
    return {stage.value: found.get(stage.value, 0) for stage in STAGES}
