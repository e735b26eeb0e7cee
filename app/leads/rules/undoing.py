"""What a row of an import did to somebody, and whether that can be taken back. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from app.values import ImportId, LeadId, LeadStatus, MapId, UndoCode


class Trace(NamedTuple):
    """What a row of an import did: it added somebody, or else changed a member.

    ``before`` is None if nobody had known them, and in ledgers of old.
    """

    row_no: int
    lead_id: LeadId
    added: bool
    before: Mapping[str, Any] | None

    @property
    def mark(self) -> Mapping[str, int]:
        """Everything with greater ids came later."""
        mark: Mapping[str, int] = (self.before or {}).get("mark", {})
        return mark

    @property
    def changed_person(self) -> bool:
        """Or made them."""
        return self.added if self.before is None else "fields" in self.before

    @property
    def profile_before(self) -> str | None:
        """The key of the LinkedIn profile that they had."""
        return (self.before or {}).get("linkedin_key")


@dataclass(frozen=True, slots=True)
class Now:
    """What there is of somebody in a campaign now, and what happened since a row of an import."""

    linkedin_key: str | None
    map_id: MapId | None
    status: LeadStatus | None
    import_id: ImportId | None
    row_no: int | None
    contacted: bool
    came_together: bool
    """Person and membership, in one transaction."""
    elsewhere: bool
    """They entered another campaign."""
    event: str | None
    """The type of the first event since then that was not undone."""


def verdict(trace: Trace, import_id: ImportId, now: Now | None) -> UndoCode:
    """What undoing does, or the first reason to keep the row: profiles are not looked at."""
    if now is None or now.map_id is None:
        return UndoCode.GONE
    if trace.added and (now.import_id, now.row_no) != (import_id, trace.row_no):
        return UndoCode.GONE
    is_new = trace.added and trace.before is None and now.came_together
    if not is_new and not trace.mark:
        return UndoCode.NOT_RECORDED
    if trace.added and now.contacted:
        return UndoCode.CONTACTED
    if now.elsewhere:
        return UndoCode.ENTERED_ELSEWHERE
    if now.event is not None:
        return UndoCode.UPDATED_SINCE if now.event == "updated" else UndoCode.ACTIVE_SINCE
    if not trace.added:
        return UndoCode.RESTORED
    return UndoCode.LEAD_REMOVED if is_new else UndoCode.MEMBER_REMOVED


class Profiles:
    """Who has which LinkedIn profile, while one row after the other is undone."""

    def __init__(self, of_leads: Mapping[LeadId, str | None]) -> None:
        self.of_leads = dict(of_leads)
        self.owners: dict[str, LeadId | None] = {}
        """Of those that may change hands."""

    def moving(self, traces: Iterable[Trace]) -> dict[str, LeadId]:
        """The profiles that undoing may take from somebody or give back, each with such a lead."""
        return {
            key: trace.lead_id
            for trace in traces
            if trace.changed_person
            for key in self._has_and_had(trace)
            if key
        }

    def _has_and_had(self, trace: Trace) -> tuple[str | None, str | None]:
        """The profile that the lead has now, and the one from before the row; None twice where
        that is the same.
        """
        pair = (self.of_leads.get(trace.lead_id), trace.profile_before)
        return pair if pair[0] != pair[1] else (None, None)

    def give_back(self, trace: Trace) -> bool:
        """Note who has it afterwards; False, and nothing noted, if it is somebody else's by now."""
        has, had = self._has_and_had(trace)
        if has == had:
            return True
        if had and self.owners[had]:
            return False
        if has:
            self.owners[has] = None
        if had:
            self.owners[had] = trace.lead_id
        self.of_leads[trace.lead_id] = had
        return True
