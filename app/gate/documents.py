"""Verdicts as JSON: the same members in answers, in the ledger, in checks."""

from typing import Any

from app.gate.rules import Conflict, Terms, Verdict
from app.gate.texts import INACTIVE, reason
from app.suppression.rules import Entry


def explained(verdict: Verdict, email: str | None, terms: Terms) -> dict[str, Any]:
    """``reason``, ``conflict``, ``matched``, ``override``, each null when there is nothing to say.

    ``allowed_from`` is there only with the one code that waits for a moment, ``hint`` only for
    people whom a narrower scope would let in.
    """
    document: dict[str, Any] = {
        "reason": reason(verdict, email, terms),
        "conflict": conflict_document(verdict.conflict) if verdict.conflict else None,
        "matched": matched_document(verdict.matched) if verdict.matched else None,
        "override": verdict.override,
    }
    if verdict.allowed_from:
        document["allowed_from"] = verdict.allowed_from
    if verdict.inactive:
        document["hint"] = INACTIVE
    return document


def conflict_document(conflict: Conflict) -> dict[str, Any]:
    return {
        "campaign_id": conflict.campaign_id,
        "campaign_name": conflict.campaign_name,
        "status": conflict.status,
        "lead_id": conflict.lead_id,
        "tags": list(conflict.tags),
        "others": conflict.others,
    }


def matched_document(entry: Entry) -> dict[str, Any]:
    return {
        "kind": entry.kind,
        "entry": entry.entry,
        "source": entry.source,
        "added_at": entry.created_at,
    }
