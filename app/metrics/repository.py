"""The figures of the job table."""

from dataclasses import dataclass

from app.kit.db import Database

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
