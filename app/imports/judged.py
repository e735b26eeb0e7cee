"""Rows with what became of them, and how the ledger tells of it. Pure."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from app.gate.documents import explained
from app.gate.rules import Terms
from app.imports.batch import GivenRow
from app.imports.mapping.normalising import normalisation
from app.imports.records import LedgerRow
from app.leads.admission.rows import Admitted
from app.values import Code

ENTERED_NOWHERE = (Code.UPDATED, Code.UNCHANGED)


class JudgedRow(NamedTuple):
    """A row with what became of it; ``explained`` is None for one that got in."""

    given: GivenRow
    admitted: Admitted
    explained: dict[str, Any] | None


def judged(
    rows: Sequence[GivenRow], admitted: Sequence[Admitted], terms: Terms, *, dry_run: bool
) -> list[JudgedRow]:
    """In the order of the rows; every row has one verdict."""
    return [
        _judged(given, of, terms, dry_run=dry_run) for given, of in zip(rows, admitted, strict=True)
    ]


def _judged(given: GivenRow, admitted: Admitted, terms: Terms, *, dry_run: bool) -> JudgedRow:
    if admitted.verdict.accepted:
        return JudgedRow(given, admitted, None)
    email = given.candidate.row.email
    document = explained(admitted.verdict, email, terms)
    if given.problem:
        document["reason"] = given.problem
    if dry_run:
        document["also"] = [{"code": v.code, **explained(v, email, terms)} for v in admitted.also]
    return JudgedRow(given, admitted, document)


def ledger_line(number: int, row: JudgedRow, *, dry_run: bool = False) -> LedgerRow:
    given, (verdict, lead_id, _, before) = row.given, row.admitted
    email = given.candidate.row.email or given.given.get("email")
    detail = dict(row.explained, given=given.as_given()) if row.explained else {}
    if given.normalised_from and email:
        detail["normalised_from"] = given.normalised_from
        detail["normalisations"] = normalisation(given.normalised_from, email)
    code = verdict.code
    taken = verdict.accepted and (dry_run or code in ENTERED_NOWHERE)
    return LedgerRow(
        number,
        email,
        lead_id,
        code,
        detail or None,
        given.line,
        taken or None,
        given.candidate.row.linkedin if dry_run and taken else None,
        before,
    )


def normalisations(lines: Sequence[LedgerRow]) -> Counter[str]:
    """Why addresses are read otherwise than they were written, and how many."""
    return Counter(
        reason for line in lines if line.detail for reason in line.detail.get("normalisations", ())
    )
