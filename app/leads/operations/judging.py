"""Judge addresses again by what is known of them; nobody is asked."""

from typing import NamedTuple

from app.kit.db import Tx
from app.kit.jobs import Lease, queue_all
from app.kit.resources import Resources
from app.leads.judge_again import JudgingAgain
from app.leads.operations.validating import is_alone
from app.leads.repository.judging import JudgingRepository, workspaces_judged_before
from app.validation.jobs import JudgeAgain
from app.values import LeadId

LEADS = 4_000
"""Of a chunk."""


class Reached(NamedTuple):
    """How far one is, and by what was judged so far."""

    lead_id: LeadId
    terms: str


async def judge_again(resources: Resources, lease: Lease) -> None:
    """All of a workspace, one committed chunk at a time; from the beginning when what it is judged
    by changes meanwhile. Safe to kill.

    Raises JobPostponed while another job is at it.
    """
    if not await is_alone(resources, lease):
        return
    progress = lease.progress
    reached = Reached(LeadId(progress.get("behind", 0)), progress.get("terms", ""))

    async def chunk(tx: Tx) -> Reached | None:
        judging = JudgingAgain(tx, lease.workspace_id)
        terms = await judging.terms()
        after = reached.lead_id if terms == reached.terms else LeadId(0)
        last = await judging.some(after, LEADS)
        if last is None:
            await JudgingRepository(tx, lease.workspace_id).note()
        await lease.fence(tx, {"behind": last or after, "terms": terms})
        return Reached(last, terms) if last else None

    while found := await resources.database.run(chunk):
        reached = found


async def queue_judging(resources: Resources) -> None:
    """A job for each workspace whose addresses were judged by older rules; workers ask this when
    they start, and from time to time.
    """
    async with resources.database.transaction() as tx:
        if workspaces := await workspaces_judged_before(tx):
            await queue_all(tx, [JudgeAgain(id_) for id_ in workspaces], singleton=True)
