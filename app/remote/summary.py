"""What became of an import, in words. Pure."""

from collections.abc import Iterable
from typing import Any

IN = ("added", "updated", "unchanged")
WORDS = {
    "duplicate_in_batch": "repeated in the file",
    "duplicate_in_campaign": "in this campaign already",
    "duplicate_in_other_campaign": "in another campaign",
    "in_progress_in_other_campaign": "active elsewhere",
    "duplicate_linkedin": "with somebody else's LinkedIn profile",
    "not_in_campaign": "not in this campaign",
    "do_not_contact": "not to be contacted",
    "deleted_here": "deleted here before",
    "known_undeliverable": "known to be undeliverable",
    "missing_email": "without an address",
    "invalid_email": "without a valid address",
    "invalid_field": "with a value that cannot be kept",
    "unreadable_row": "unreadable",
}
OF_LISTS = {
    "duplicate_in_batch": "repeated in the file",
    "missing_email": "empty",
    "invalid_email": "neither an address nor a domain",
}
GOES_WITHOUT_SAYING = {"duplicate_in_campaign"}
"""Who stands in the way is the campaign itself."""
NAMED = 3
"""How many of those who stand in the way are named."""

Document = dict[str, Any]


def summary(found: Document, breakdowns: Iterable[Document]) -> list[str]:
    """Lines for people: how many went in, and of the others, by reason, who stood in the way."""
    by_code: dict[str, int] = found["by_code"]
    rows = sum(by_code.values())
    went_in = sum(by_code.get(code, 0) for code in IN)
    lines = [f"{_rows(rows)}: {went_in:,} {_went(found)}{_how(by_code)}."]
    if found["state"] != "completed":
        lines.append(f"The import is {found['state']}. {found['error'] or ''}".rstrip())
    words = OF_LISTS if found["suppresses"] else WORDS
    blockers = [line for one in breakdowns for line in one["data"]]
    refused = sorted((n, code) for code, n in by_code.items() if code not in IN)
    for n, code in reversed(refused):
        said = words.get(code, code.replace("_", " "))
        lines.append(f"{n:>9,} {said}{_blockers(code, blockers)}")
    return lines


def all_went_in(found: Document) -> bool:
    return found["state"] == "completed" and not found["has_exclusions"]


def _went(found: Document) -> str:
    is_dry_run = found["settings"].get("dry_run")
    if kind := found["suppresses"]:
        return f"{'would be' if is_dry_run else 'are'} on the {kind.replace('_', '-')} list"
    return "would go in" if is_dry_run else "went in"


def _rows(count: int) -> str:
    return f"{count:,} row" if count == 1 else f"{count:,} rows"


def _how(by_code: dict[str, int]) -> str:
    """Only what does not go without saying."""
    parts = [f"{by_code[code]:,} {code}" for code in IN if by_code.get(code)]
    return f" ({', '.join(parts)})" if len(parts) > 1 or ("added" not in by_code and parts) else ""


def _blockers(code: str, blockers: list[Document]) -> str:
    """The largest, as ``: 640 in "Q4 Outreach", 262 in "Spring"``."""
    if code in GOES_WITHOUT_SAYING:
        return ""
    found = sorted(
        ((line["by_code"][code], _name(line)) for line in blockers if code in line["by_code"]),
        reverse=True,
    )
    named = [f"{n:,} {name}" for n, name in found[:NAMED]]
    more = ["…"] if len(found) > NAMED else []
    return f": {', '.join(named + more)}" if named else ""


def _name(line: Document) -> str:
    return f"by {line['entry']}" if "entry" in line else f'in "{line["campaign_name"]}"'
