"""How verdicts are counted, in our words and in SmartLead's."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.values import ACCEPTED, Code, Outcome

MAX_BATCH = 400

ALREADY_HERE = {Code.DUPLICATE_IN_CAMPAIGN, Code.UPDATED, Code.UNCHANGED}
DUPLICATES = {
    Code.DUPLICATE_IN_BATCH,
    Code.DUPLICATE_IN_OTHER_CAMPAIGN,
    Code.IN_PROGRESS_IN_OTHER_CAMPAIGN,
    Code.DUPLICATE_LINKEDIN,
}
BLOCKED = {Code.BLOCKED, Code.DO_NOT_CONTACT, Code.ACCOUNT_BLOCKED}
BY_SCOPE = {Code.DUPLICATE_IN_OTHER_CAMPAIGN, Code.IN_PROGRESS_IN_OTHER_CAMPAIGN}

GROUPS = {
    "imported": {Code.ADDED, Code.UPDATED, Code.UNCHANGED},
    "duplicates": {
        Code.DUPLICATE_IN_BATCH,
        Code.DUPLICATE_IN_CAMPAIGN,
        Code.DUPLICATE_IN_OTHER_CAMPAIGN,
        Code.DUPLICATE_LINKEDIN,
        Code.NOT_IN_CAMPAIGN,
    },
    "in_progress_elsewhere": {Code.IN_PROGRESS_IN_OTHER_CAMPAIGN},
    "suppressed": {
        Code.DO_NOT_CONTACT,
        Code.BLOCKED,
        Code.UNSUBSCRIBED,
        Code.DELETED_HERE,
        Code.KNOWN_UNDELIVERABLE,
        Code.CONTACTED_RECENTLY,
        Code.ACCOUNT_BLOCKED,
    },
    "failed": {Code.MISSING_EMAIL, Code.INVALID_EMAIL, Code.UNREADABLE_ROW, Code.INVALID_FIELD},
}
"""lemlist's four and the suppressed; every code is in one, so they sum to the rows."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows got which verdict. Every other count is a sum of these."""

    by_code: Mapping[Code, int]

    @classmethod
    def of(cls, codes: Iterable[Code]) -> "Tally":
        return cls(Counter(codes))

    @classmethod
    def read(cls, stored: Mapping[str, int]) -> "Tally":
        """As ``stored`` wrote it."""
        return cls({Code(code): n for code, n in stored.items()})

    def plus(self, other: "Tally") -> "Tally":
        return Tally(Counter(self.by_code) + Counter(other.by_code))

    def rows(self) -> int:
        return sum(self.by_code.values())

    def count(self, codes: Iterable[Code]) -> int:
        return sum(self.by_code.get(code, 0) for code in codes)

    def outcomes(self) -> dict[str, int]:
        """``added``, ``updated``, ``unchanged``, ``skipped``, ``failed``; they sum to the rows."""
        counts = dict.fromkeys((outcome.value for outcome in Outcome), 0)
        for code, n in self.by_code.items():
            counts[code.outcome.value] += n
        return counts

    def excluded(self) -> int:
        """Rows that did not get in."""
        return self.rows() - self.count(ACCEPTED)

    def groups(self) -> dict[str, int]:
        return {name: self.count(codes) for name, codes in GROUPS.items()}

    def stored(self) -> dict[str, int]:
        return {code.value: n for code, n in self.by_code.items()}


def wanted_codes(code: Code | None, outcome: str | None) -> list[Code] | None:
    """The codes that a filter lets through.

    None when there is no filter. ``excluded`` is skipped and failed.
    """
    if code is None and outcome is None:
        return None
    outcomes = {Outcome.SKIPPED, Outcome.FAILED} if outcome == "excluded" else {outcome}
    return [
        one
        for one in Code
        if (code is None or one is code) and (outcome is None or one.outcome in outcomes)
    ]


def refused_codes(code: Code | None, outcome: str | None) -> list[Code]:
    """Of the codes that a filter lets through those of rows that did not get in."""
    wanted = wanted_codes(code, outcome)
    return [one for one in (Code if wanted is None else wanted) if one not in ACCEPTED]


def kept_since(retention_days: int, now: datetime) -> datetime | None:
    """Rows of imports that ended before are too old to be kept; None where all are kept."""
    return now - timedelta(days=retention_days) if retention_days else None


def is_ledger_expired(ended_at: datetime | None, retention_days: int, now: datetime) -> bool:
    """Are the rows of an import too old to be kept? Never while it runs; 0 days are for ever."""
    since = kept_since(retention_days, now)
    return ended_at is not None and since is not None and ended_at < since


def message(outcomes: Mapping[str, int]) -> str:
    """``45 added, 5 skipped``; updates are named when there are any."""
    skipped = outcomes["skipped"] + outcomes["failed"]
    parts = [f"{outcomes['added']} added"]
    parts += [f"{outcomes[name]} {name}" for name in ("updated", "unchanged") if outcomes[name]]
    return ", ".join([*parts, f"{skipped} skipped"])


def refused_most(tally: Tally) -> bool:
    """Did the scope refuse half of the batch or more?"""
    return tally.rows() > 0 and 2 * tally.count(BY_SCOPE) >= tally.rows()
