"""Which operation a kind of job runs: one line each."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from app.counters.jobs import FoldCounters
from app.counters.operations import fold_counters
from app.imports.jobs import RunImport, UndoImports
from app.imports.operations.running import delay_import, fail_import, run_import
from app.imports.operations.undoing import fail_undo, run_undo
from app.kit.jobs import Lease
from app.kit.resources import Resources
from app.launch.jobs import RemoveCampaign
from app.launch.operations import remove_campaign
from app.leads.jobs import (
    RevalidateCampaign,
    RevalidateOld,
    ValidateAddresses,
    ValidateLeads,
    VerifyMailboxes,
)
from app.leads.operations.addresses import validate_addresses
from app.leads.operations.demands import revalidate_campaign, revalidate_old
from app.leads.operations.judging import judge_again
from app.leads.operations.validating import validate_leads
from app.leads.operations.verifying import verify_mailboxes
from app.retention.jobs import RemoveExpired, RemoveLeftovers
from app.retention.operations import remove_expired, remove_leftovers
from app.validation.jobs import JudgeAgain

Task = Callable[[Resources, Lease], Awaitable[dict[str, Any] | None]]
"""Gives the job's result, if it has something to say."""

TASKS: Mapping[str, Task] = {
    FoldCounters.kind: fold_counters,
    JudgeAgain.kind: judge_again,
    RemoveCampaign.kind: remove_campaign,
    RemoveExpired.kind: remove_expired,
    RemoveLeftovers.kind: remove_leftovers,
    RevalidateCampaign.kind: revalidate_campaign,
    RevalidateOld.kind: revalidate_old,
    RunImport.kind: run_import,
    UndoImports.kind: run_undo,
    ValidateAddresses.kind: validate_addresses,
    ValidateLeads.kind: validate_leads,
    VerifyMailboxes.kind: verify_mailboxes,
}

TELL_OF_FAILURE: Mapping[str, Callable[[Resources, Lease, str], Awaitable[None]]] = {
    RunImport.kind: fail_import,
    UndoImports.kind: fail_undo,
}
"""What a job that fails for good says in its domain's own records, before it ends."""

TELL_OF_DELAY: Mapping[str, Callable[[Resources, Lease, str], Awaitable[None]]] = {
    RunImport.kind: delay_import,
}
"""As well of one that is tried again."""
