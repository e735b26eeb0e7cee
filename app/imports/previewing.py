"""What a person sees of a file before anything is done with it. Pure."""

from collections import Counter
from collections.abc import Collection, Sequence
from collections.abc import Mapping as Named
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import Any

from app.files.formats import FileFormat
from app.files.records import Records
from app.identity import email_identity
from app.imports.mapping.findings import Finding
from app.imports.mapping.mapping import Mapping
from app.imports.mapping.normalising import normalisation
from app.imports.mapping.suggest import suggest
from app.imports.mapping.warnings import CODES, warnings
from app.kit.documents import written
from app.leads.operations.reading import Total
from app.uploads.rules import Stored

SHOWN_ROWS = 20
SHOWN_LENGTH = 200
"""Characters of a cell."""
SAMPLED_ROWS = 1_000
AS_BEFORE = "As it was mapped before"
FORMATS: Named[str | None, Named[str, Any]] = {
    "xlsx": {"kind": "xlsx", "delimiter": None, "encoding": None},
    "utf-16": {"encoding": "utf-16"},
    "utf-32": {"encoding": "utf-32"},
}
"""What a file was, if not what was stored of it; by ``packed_as``."""


@dataclass(frozen=True, slots=True)
class Preview:
    """``document`` is stored with the import; ``mapping`` is the one that is suggested."""

    document: dict[str, Any]
    mapping: dict[str, str | None]


def sample_of(file_format: FileFormat, head: bytes, *, whole: bool) -> list[list[str]]:
    """The first rows that can be read; a head that is not the whole file ends within one."""
    at = file_format
    text = head[at.begins_at : None if whole else head.rfind(b"\n") + 1]
    with closing(Records(at, [text], offset=at.begins_at, line=at.begins_line)) as records:
        readable = (one.cells for one in records if not one.problem)
        return [list(cells) for cells in islice(readable, SAMPLED_ROWS)]


def preview_of(
    file_format: FileFormat, rows: Sequence[Sequence[str]], variables: Collection[str]
) -> Preview:
    suggestion = suggest(file_format.headers, rows, variables)
    mapping = Mapping.of_suggestion(suggestion)
    columns = [
        {
            "column": column.name,
            "target": column.target,
            "confidence": round(column.confidence, 2),
            "reason": column.reason,
        }
        for column in suggestion.columns
    ]
    document = {
        **preview_document(file_format, rows, columns),
        "tool": suggestion.tool,
        "normalised": dict(_normalised(mapping, rows)),
        "warnings": [
            finding._asdict() for finding in (*suggestion.warnings, *mapping.warnings(rows))
        ],
    }
    return Preview(document, mapping.stored())


def preview_document(
    file_format: FileFormat, rows: Sequence[Sequence[str]], columns: list[dict[str, Any]]
) -> dict[str, Any]:
    """Of a file, how it is read, and what its columns seem to be."""
    return {
        "format": {
            "kind": file_format.kind,
            "delimiter": file_format.delimiter or None,
            "encoding": file_format.encoding,
            "header_line": file_format.header_line or None,
        },
        "headers": list(file_format.headers),
        "rows": _shown(rows),
        "tool": None,
        "mapping": columns,
        "sampled_rows": len(rows),
        "normalised": {},
        "warnings": [],
    }


def preview_of_given(given: Sequence[Named[str, Any]], total: Total) -> dict[str, Any]:
    """Of rows that are leads already: nothing is read of them, and nothing mapped."""
    headers = list(dict.fromkeys(name for one in given for name in one))
    return {
        "format": None,
        "headers": headers,
        "rows": _shown([[_cell(one.get(name)) for name in headers] for one in given]),
        "tool": None,
        "mapping": [],
        "sampled_rows": len(given),
        "normalised": {},
        "warnings": [],
        "matches": total.n,
        "matches_is_exact": total.is_exact,
    }


def as_sent(document: Named[str, Any], stored: Stored) -> dict[str, Any]:
    """The preview of what became of a file, which says what the file itself was.

    Of a workbook also that it has more sheets than this one.
    """
    kept = {**document, "format": {**document["format"], **FORMATS.get(stored.packed_as, {})}}
    if not stored.other_sheets:
        return kept
    listed = ", ".join(f"`{name}`" for name in stored.other_sheets)
    detail = (
        f"The sheet `{stored.sheet}` was taken. The workbook has others: {listed}."
        " Send the file again and name one as its `sheet`."
    )
    warning = Finding("other_sheets", None, detail)._asdict()
    return {**kept, "warnings": [warning, *document["warnings"]]}


def mapped_otherwise(
    document: Named[str, Any], mapping: Named[str, str | None], variables: Collection[str]
) -> dict[str, Any]:
    """The preview with the warnings that hold now that somebody decided what each column becomes.

    What is suggested stays.
    """
    headers = document["headers"]
    kept = [one for one in document["warnings"] if one["code"] not in CODES]
    found = warnings(headers, [mapping.get(header) for header in headers], variables)
    return {**document, "warnings": kept + [one._asdict() for one in found]}


def preview_again(
    before: Named[str, Any],
    mapping: Named[str, str | None],
    given: Sequence[Named[str, Any]],
    total: Total,
) -> dict[str, Any]:
    """Of rows that had a preview before, and a mapping: what was refused suggests no better one."""
    headers = before["headers"]
    return {
        **preview_of_given([{name: one.get(name) for name in headers} for one in given], total),
        "format": before["format"],
        "headers": headers,
        "tool": before["tool"],
        "mapping": [
            {"column": name, "target": mapping.get(name), "confidence": 1.0, "reason": AS_BEFORE}
            for name in headers
        ],
    }


def _shown(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    return [[cell[:SHOWN_LENGTH] for cell in row] for row in rows[:SHOWN_ROWS]]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else written(value)


def _normalised(mapping: Mapping, rows: Sequence[Sequence[str]]) -> Counter[str]:
    """Why addresses of the sample are read otherwise than they are written, and how many."""
    found: Counter[str] = Counter()
    for row in rows:
        given = mapping.apply(row).lead.get("email")
        identity = email_identity(given) if given else None
        if identity and identity.normalised_from:
            found.update(normalisation(identity.normalised_from, identity.key))
    return found
