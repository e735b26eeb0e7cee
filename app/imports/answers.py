"""A batch's result in the words of SmartLead's clients."""

from collections.abc import Sequence
from typing import Any

from app.imports.batch import given_validation
from app.imports.judged import JudgedRow
from app.imports.mapping.validation import unknown_words
from app.imports.operations.batches import BatchResult
from app.imports.rules import (
    ALREADY_HERE,
    BLOCKED,
    BY_SCOPE,
    DUPLICATES,
    message,
)
from app.values import Code


def answer(result: BatchResult) -> dict[str, Any]:
    """The members of ``AddLeadsOut``."""
    tally, outcomes = result.tally, result.tally.outcomes()
    return {
        "ok": True,
        "success": True,
        "message": message(outcomes),
        "upload_count": tally.rows(),
        "total_leads": outcomes["added"],
        "added_count": outcomes["added"],
        "updated_count": outcomes["updated"],
        "unchanged_count": outcomes["unchanged"],
        "skipped_count": outcomes["skipped"] + outcomes["failed"],
        "already_added_to_campaign": tally.count(ALREADY_HERE),
        "duplicate_count": tally.count(DUPLICATES),
        "block_count": tally.count(BLOCKED),
        "unsubscribed_leads": tally.count([Code.UNSUBSCRIBED]),
        "invalid_email_count": tally.count([Code.INVALID_EMAIL]),
        "invalid_emails": [email(row) for row in result.rows if code(row) is Code.INVALID_EMAIL],
        "bounce_count": tally.count([Code.KNOWN_UNDELIVERABLE]),
        "is_lead_limit_exhausted": False,
        "lead_import_stopped_count": 0,
        "skipped_leads": [skipped(n, row) for n, row in enumerate(result.rows) if row.explained],
        "import_id": result.import_id,
        "applied_scope": result.settings.scope.scope,
        "dry_run": result.settings.dry_run,
        "warnings": warnings(result),
        **lead_ids(result),
    }


def code(row: JudgedRow) -> Code:
    return row.admitted.verdict.code


def email(row: JudgedRow) -> Any:
    """The address as it was sent."""
    return row.given.given.get("email")


def skipped(index: int, row: JudgedRow) -> dict[str, Any]:
    return {"index": index, "email": email(row), "code": code(row), **(row.explained or {})}


def lead_ids(result: BatchResult) -> dict[str, Any]:
    if not result.settings.return_lead_ids:
        return {"lead_ids": None, "emailToLeadIdMap": None}
    added = [row for row in result.rows if code(row) is Code.ADDED]
    return {
        "lead_ids": [row.admitted.lead_id for row in added if row.admitted.lead_id],
        "emailToLeadIdMap": {
            "newlyAddedLeads": by_address(added),
            "existingLeads": by_address([row for row in result.rows if code(row) in ALREADY_HERE]),
            "existingLeadsInOtherCampaigns": by_address(
                [row for row in result.rows if code(row) in BY_SCOPE]
            ),
        },
    }


def by_address(rows: Sequence[JudgedRow]) -> dict[str, str]:
    return {email(row): str(row.admitted.lead_id) for row in rows if row.admitted.lead_id}


def warnings(result: BatchResult) -> list[dict[str, Any]]:
    scope = result.in_the_way.warnings(result.tally, result.settings.stored_scope())
    words = not_understood(result.rows)
    return [*scope, _warning("validation_words", unknown_words(words))] if words else scope


def not_understood(rows: Sequence[JudgedRow]) -> list[str]:
    """What is said of addresses in words that nobody knows."""
    given = filter(None, (row.given.given.get("validation") for row in rows))
    words = (said["word"] for said in given if not given_validation(said))
    return [word for word in words if word.strip()]


def shortened(import_id: int) -> dict[str, Any]:
    """The warning of an answer from which the rows were left out."""
    detail = f"Left out here: the rows, which are at /api/v1/imports/{import_id}/rows."
    return _warning("answer_shortened", detail)


def _warning(code: str, detail: str) -> dict[str, Any]:
    return {
        "code": code,
        "detail": detail,
        "campaign_id": None,
        "campaign_name": None,
        "send_instead": None,
    }
