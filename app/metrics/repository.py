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


STAGES = (ValidationLevel.DOMAIN, ValidationLevel.MAILBOX)
MOST = 100_000
"""How long a queue is beyond that tells no more."""
# A look at each, along its own index.
WAITING = " union all ".join(
    f"select '{stage}' stage, count(*) leads from ("  # noqa: S608  # text of ours
    f"select from unvalidated where stage = '{stage}' limit $1) waiting"
    for stage in STAGES
)


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


async def leads_waiting(database: Database, most: int = MOST) -> dict[str, int]:
    """Of all workspaces, by the stage of the check that they wait for, ``most`` at each."""
    return {row["stage"]: row["leads"] for row in await database.fetch(WAITING, most)}
