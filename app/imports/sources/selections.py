"""What an import takes of what the workspace has already. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.leads.rules.filters import LeadFilter
from app.values import Code, DuplicateScope, ImportId, ImportSource


@dataclass(frozen=True, slots=True)
class RefusedRows:
    """Rows of another import that got one of these verdicts, in its run of this number."""

    import_id: ImportId
    codes: tuple[Code, ...]
    run: int

    def stored(self) -> dict[str, Any]:
        return {"import_id": self.import_id, "codes": list(self.codes), "run": self.run}

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "RefusedRows":
        codes = tuple(Code(code) for code in stored["codes"])
        return cls(ImportId(stored["import_id"]), codes, stored["run"])


def source_of_filter(by: LeadFilter) -> ImportSource:
    return ImportSource.PIPELINE if by.in_pipeline else ImportSource.FILTER


def stored_filter(source: ImportSource, selection: Mapping[str, Any]) -> LeadFilter:
    return LeadFilter.of(selection, in_pipeline=source is ImportSource.PIPELINE)


def scope_of(by: LeadFilter) -> DuplicateScope | None:
    """The scope that it asks for: members of other campaigns are elsewhere on purpose."""
    return DuplicateScope.CAMPAIGN if by.campaign_id else None
