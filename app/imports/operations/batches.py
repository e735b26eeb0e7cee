"""Take in a batch: judge it, store it, keep its ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from app.campaigns.repository import CampaignRepository
from app.gate.rules import Terms
from app.imports.batch import GivenRow
from app.imports.in_the_way import InTheWay
from app.imports.judged import JudgedRow, judged, ledger_line
from app.imports.metrics import VERDICTS
from app.imports.operations.passing import note_passed_over
from app.imports.records import LedgerRow
from app.imports.repository.imports import ImportRepository
from app.imports.repository.ledger import LedgerRepository
from app.imports.rules import Tally
from app.imports.settings import AppliedSettings, BatchSettings
from app.kit.db import Tx
from app.leads.admission.rows import Admitted
from app.leads.admit import admit, preview
from app.values import CampaignId, ImportId
from app.workspaces.rules import Caller

FIRST_RUN = 1


@dataclass(frozen=True, slots=True)
class Batch:
    """What a client sent in one request."""

    rows: Sequence[GivenRow]
    settings: BatchSettings


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of a batch, in the order of its rows. ``import_id`` is None after a dry run."""

    import_id: ImportId | None
    rows: Sequence[JudgedRow]
    tally: Tally
    in_the_way: InTheWay
    settings: AppliedSettings


async def add_batch(tx: Tx, caller: Caller, campaign_id: CampaignId, batch: Batch) -> BatchResult:
    """Let a batch in, row by row, and record it as an import.

    Sent again, it adds nobody twice. Raises CampaignNotFound.
    """
    settings = batch.settings.resolved(caller)
    campaign = await CampaignRepository(tx, caller.workspace_id).enter(campaign_id)
    terms = settings.terms(caller.policy, campaign, datetime.now(UTC))
    candidates = [row.candidate for row in batch.rows]
    if settings.dry_run:
        admitted = await preview(tx, caller.workspace_id, candidates, terms, settings.arrival(None))
        return _result(None, batch, admitted, settings, terms)
    imports = ImportRepository(tx, caller.workspace_id)
    import_id = await imports.next_id()
    arrival = settings.arrival(import_id)

    def tell(admitted: Sequence[Admitted]) -> tuple[BatchResult, list[LedgerRow]]:
        result = _result(import_id, batch, admitted, settings, terms)
        return result, [ledger_line(n, row) for n, row in enumerate(result.rows, 1)]

    result, lines = await admit(tx, caller.workspace_id, candidates, terms, arrival, tell)
    await _record(tx, caller, campaign_id, imports, import_id, result, lines)
    for code, rows in result.tally.by_code.items():
        tx.count(VERDICTS, code.value, n=rows)
    return result


def _result(
    import_id: ImportId | None,
    batch: Batch,
    admitted: Sequence[Admitted],
    settings: AppliedSettings,
    terms: Terms,
) -> BatchResult:
    rows = judged(batch.rows, admitted, terms, dry_run=settings.dry_run)
    tally = Tally.of(row.admitted.verdict.code for row in rows)
    assert tally.rows() == len(batch.rows), "every row has one verdict"
    in_the_way = InTheWay.of(row.admitted.verdict for row in rows)
    return BatchResult(import_id, rows, tally, in_the_way, settings)


async def _record(
    tx: Tx,
    caller: Caller,
    campaign_id: CampaignId,
    imports: ImportRepository,
    import_id: ImportId,
    result: BatchResult,
    lines: Sequence[LedgerRow],
) -> None:
    await imports.record(
        import_id,
        campaign_id,
        push=result.settings.push,
        settings=result.settings.stored(),
        tally=result.tally,
        in_the_way=result.in_the_way,
        created_by=caller.key_id,
    )
    await LedgerRepository(tx, caller.workspace_id).write(import_id, FIRST_RUN, lines)
    await note_passed_over(tx, caller, import_id, campaign_id, result.settings)
