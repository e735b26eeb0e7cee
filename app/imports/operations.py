"""Take in a batch: judge it, store it, keep its ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from app.audit.operations import record
from app.campaigns.repository import CampaignRepository
from app.gate.documents import explained
from app.gate.rules import Terms
from app.imports.batch import GivenRow
from app.imports.errors import LedgerExpired
from app.imports.metrics import VERDICTS
from app.imports.repository import Import, ImportRepository, LedgerRow
from app.imports.rules import Tally, is_ledger_expired
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


class JudgedRow(NamedTuple):
    """A row with what became of it; ``explained`` is None for one that got in."""

    given: GivenRow
    admitted: Admitted
    explained: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of a batch, in the order of its rows. ``import_id`` is None after a dry run."""

    import_id: ImportId | None
    rows: Sequence[JudgedRow]
    tally: Tally
    settings: AppliedSettings


async def add_batch(tx: Tx, caller: Caller, campaign_id: CampaignId, batch: Batch) -> BatchResult:
    """Let a batch in, row by row, and record it as an import.

    Sent again, it adds nobody twice. Raises CampaignNotFound.
    """
    settings = batch.settings.resolved(caller)
    campaign = await CampaignRepository(tx, caller.workspace_id).enter(campaign_id)
    terms = settings.terms(caller, campaign, datetime.now(UTC))
    candidates = [row.candidate for row in batch.rows]
    if settings.dry_run:
        admitted = await preview(tx, caller.workspace_id, candidates, terms, settings.arrival(None))
        return _result(None, batch, admitted, settings, terms)
    imports = ImportRepository(tx, caller.workspace_id)
    import_id = await imports.next_id()
    arrival = settings.arrival(import_id)
    admitted = await admit(tx, caller.workspace_id, candidates, terms, arrival)
    result = _result(import_id, batch, admitted, settings, terms)
    await _record(tx, caller, campaign_id, imports, import_id, result)
    for code, rows in result.tally.by_code.items():
        tx.count(VERDICTS, code.value, rows)
    return result


async def import_with_ledger(tx: Tx, caller: Caller, import_id: ImportId) -> Import:
    """An import whose rows are there. Raises ImportNotFound, LedgerExpired.

    Too old is gone, whether or not the job that removes the rows has come to them.
    """
    found = await ImportRepository(tx, caller.workspace_id).get(import_id)
    days = caller.policy.ledger_retention_days
    if found.ledger_removed_at or is_ledger_expired(found.finished_at, days, datetime.now(UTC)):
        raise LedgerExpired
    return found


def _result(
    import_id: ImportId | None,
    batch: Batch,
    admitted: Sequence[Admitted],
    settings: AppliedSettings,
    terms: Terms,
) -> BatchResult:
    rows = [
        _judged(given, of, terms, dry_run=settings.dry_run)
        for given, of in zip(batch.rows, admitted, strict=True)
    ]
    tally = Tally.of(row.admitted.verdict.code for row in rows)
    assert tally.rows() == len(batch.rows), "every row has one verdict"
    return BatchResult(import_id, rows, tally, settings)


def _judged(given: GivenRow, admitted: Admitted, terms: Terms, *, dry_run: bool) -> JudgedRow:
    if admitted.verdict.accepted:
        return JudgedRow(given, admitted, None)
    email = given.candidate.row.email
    document = explained(admitted.verdict, email, terms)
    if dry_run:
        document["also"] = [{"code": v.code, **explained(v, email, terms)} for v in admitted.also]
    return JudgedRow(given, admitted, document)


async def _record(
    tx: Tx,
    caller: Caller,
    campaign_id: CampaignId,
    imports: ImportRepository,
    import_id: ImportId,
    result: BatchResult,
) -> None:
    await imports.record(
        import_id,
        campaign_id,
        push=result.settings.push,
        settings=result.settings.stored(),
        tally=result.tally,
        created_by=caller.key_id,
    )
    await imports.write_ledger(
        import_id, FIRST_RUN, [_line(n, row) for n, row in enumerate(result.rows, 1)]
    )
    if passed := result.settings.passed_over():
        target, after = f"import:{import_id}", {"flags": passed, "campaign_id": campaign_id}
        await record(tx, caller, "import.checks_passed_over", target, after=after)


def _line(number: int, row: JudgedRow) -> LedgerRow:
    email = row.given.candidate.row.email or row.given.given.get("email")
    detail = dict(row.explained, given=row.given.given) if row.explained else {}
    if row.given.normalised_from:
        detail["normalised_from"] = row.given.normalised_from
    return LedgerRow(number, email, row.admitted.lead_id, row.admitted.verdict.code, detail or None)
