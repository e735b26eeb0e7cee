"""Which column of a file holds the entries of a suppression list, and what its rows say. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from app.files.formats import FileFormat
from app.files.records import Record
from app.gate.rules import Row
from app.gate.texts import SENTENCES
from app.imports.batch import GivenRow, SentRow
from app.imports.errors import MappingRefused
from app.imports.mapping.findings import Finding
from app.imports.previewing import Preview, preview_document
from app.imports.records import Import, LedgerRow
from app.imports.sources.file_rows import NOTHING
from app.leads.admission.rows import Candidate
from app.suppression.rules import Reach, Refused, parse_entry
from app.values import Code

ENTRY = "entry"
ENOUGH = 0.5
"""Of a column's values, if they are taken for entries."""
EMPTY = "No address and no domain"


@dataclass(frozen=True, slots=True)
class EntryColumn:
    """The one column that counts, among the others of its file."""

    headers: tuple[str, ...]
    place: int

    @classmethod
    def checked(cls, headers: Sequence[str], given: Mapping[str, str | None]) -> "EntryColumn":
        """Raises MappingRefused with all that is wrong."""
        named = [column for column, target in given.items() if target is not None]
        findings = [
            Finding("unknown_column", column, f"The file has no column `{column}`.")
            for column in given
            if column not in headers
        ]
        findings += [
            Finding("unknown_field", column, f"`{target}` is no field of a list; {ENTRY} is.")
            for column, target in given.items()
            if target not in (None, ENTRY)
        ]
        findings += [
            Finding("mapped_twice", column, f"`{named[0]}` is mapped to {ENTRY} already.")
            for column in named[1:]
        ]
        if not named:
            detail = f"No column is mapped to {ENTRY}: an address or a domain."
            findings.append(Finding("entry_missing", None, detail))
        if findings:
            raise MappingRefused(findings)
        return cls(tuple(headers), headers.index(named[0]))

    def stored(self) -> dict[str, str | None]:
        return {
            header: ENTRY if place == self.place else None
            for place, header in enumerate(self.headers)
        }


def preview_of_entries(file_format: FileFormat, rows: Sequence[Sequence[str]]) -> Preview:
    """With the column of most addresses, among those that mostly hold addresses and domains."""
    held = [_held(rows, place) for place in range(len(file_format.headers))]
    chosen = max(range(len(held)), key=lambda place: held[place].rank, default=None)
    columns: list[dict[str, Any]] = [
        {
            "column": header,
            "target": ENTRY if place == chosen and held[place].is_enough else None,
            "confidence": round(held[place].share, 2),
            "reason": f"{held[place].share:.0%} of its values are addresses or domains",
        }
        for place, header in enumerate(file_format.headers)
    ]
    mapping = {column["column"]: column["target"] for column in columns}
    return Preview(preview_document(file_format, rows, columns), mapping)


def entry_row(record: Record, column: EntryColumn) -> GivenRow:
    """A record of a file, as what it puts on the list."""
    sent = SentRow(column.headers, record.cells, record.extra)
    if record.problem:
        return _row(None, Code.UNREADABLE_ROW, record.sentence, record.line, sent)
    text = record.cells[column.place].strip()
    if not text:
        return _row(None, Code.MISSING_EMAIL, EMPTY, record.line, sent)
    if entry := parse_entry(text):
        return _row(entry, None, None, record.line, sent)
    return _row(None, Code.INVALID_EMAIL, Refused.reason, record.line, sent)


def list_lines(
    rows: Sequence[GivenRow], first_row: int, repeated: Collection[str], new: Collection[str]
) -> list[LedgerRow]:
    """``repeated`` are entries of earlier chunks, ``new`` those that were not on the list."""
    lines, seen = [], set(repeated)
    for number, row in enumerate(rows, first_row):
        entry = row.candidate.row.email
        lines.append(_line(number, row, entry in seen, entry in new))
        if entry:
            seen.add(entry)
    return lines


def _line(number: int, row: GivenRow, is_repeated: bool, is_new: bool) -> LedgerRow:
    entry, broken = row.candidate.row.email, row.candidate.row.broken
    if entry and not is_repeated:
        code = Code.ADDED if is_new else Code.UNCHANGED
        return LedgerRow(number, entry, None, code, None, row.line, taken=True)
    code = broken or Code.DUPLICATE_IN_BATCH
    detail = {"reason": row.problem or SENTENCES[code], "given": row.as_given()}
    return LedgerRow(number, entry, None, code, detail, row.line)


def reach_of(found: Import) -> Reach:
    """Where the entries of an import hold."""
    return Reach(found.campaign_id, found.settings["client_id"])


def _row(
    entry: str | None, broken: Code | None, problem: str | None, line: int, sent: SentRow
) -> GivenRow:
    return GivenRow({}, Candidate(Row(entry, broken=broken), NOTHING), problem, line, sent)


class _Held(NamedTuple):
    """What a column holds: shares of its values that are not empty."""

    addresses: float
    share: float
    """Addresses and domains together."""

    @property
    def is_enough(self) -> bool:
        return self.share >= ENOUGH

    @property
    def rank(self) -> tuple[bool, float, float]:
        return self.is_enough, self.addresses, self.share


def _held(rows: Sequence[Sequence[str]], place: int) -> _Held:
    values = [value for row in rows if (value := row[place].strip())]
    entries = [entry for value in values if (entry := parse_entry(value))]
    count = len(values) or 1
    return _Held(sum("@" in entry for entry in entries) / count, len(entries) / count)
