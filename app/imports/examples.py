"""Answers as they are, for the API's description."""

from pydantic.config import JsonDict

BLOCKED: JsonDict = {
    "code": "blocked",
    "reason": "On global block list",
    "conflict": None,
    "matched": {
        "kind": "block",
        "entry": "example.org",
        "source": "api",
        "added_at": "2026-11-23T09:00:00Z",
    },
    "override": "ignore_global_block_list",
}
ADDED: JsonDict = {
    "ok": True,
    "success": True,
    "message": "1 added, 1 skipped",
    "upload_count": 2,
    "total_leads": 1,
    "added_count": 1,
    "updated_count": 0,
    "unchanged_count": 0,
    "skipped_count": 1,
    "already_added_to_campaign": 0,
    "duplicate_count": 0,
    "block_count": 1,
    "unsubscribed_leads": 0,
    "invalid_email_count": 0,
    "invalid_emails": [],
    "bounce_count": 0,
    "is_lead_limit_exhausted": False,
    "lead_import_stopped_count": 0,
    "skipped_leads": [{"index": 1, "email": "bob@example.org", **BLOCKED}],
    "import_id": 12,
    "applied_scope": "workspace",
    "dry_run": False,
    "warnings": [],
    "lead_ids": [41],
    "emailToLeadIdMap": {
        "newlyAddedLeads": {"ann@example.com": "41"},
        "existingLeads": {},
        "existingLeadsInOtherCampaigns": {},
    },
}
IMPORT: JsonDict = {
    "id": 12,
    "campaign_id": 7,
    "suppresses": None,
    "source": "api",
    "state": "completed",
    "wish": None,
    "revision": 1,
    "upload_id": None,
    "preview": None,
    "selection": None,
    "push": None,
    "settings": {
        "mode": "create_only",
        "duplicate_scope": "workspace",
        "tags": ["Q4"],
        "dry_run": False,
    },
    "progress": {
        "rows_total": 2,
        "rows_done": 2,
        "percent": 100.0,
        "rows_per_s": None,
        "seconds_left": None,
    },
    "counts": {"added": 1, "updated": 0, "unchanged": 0, "skipped": 1, "failed": 0},
    "by_code": {"added": 1, "blocked": 1},
    "by_normalisation": {},
    "groups": {
        "imported": 1,
        "duplicates": 0,
        "in_progress_elsewhere": 0,
        "suppressed": 1,
        "failed": 0,
    },
    "has_exclusions": True,
    "warnings": [],
    "undo": None,
    "error": None,
    "created_at": "2026-11-23T09:00:00Z",
    "started_at": "2026-11-23T09:00:00Z",
    "finished_at": "2026-11-23T09:00:00Z",
    "ledger_removed_at": None,
}
LEDGER_ROW: JsonDict = {
    "row": 2,
    "line": None,
    "email": "bob@example.org",
    "lead_id": None,
    "outcome": "skipped",
    **BLOCKED,
    "allowed_from": None,
    "hint": None,
    "also": None,
    "normalised_from": None,
    "given": {"email": "bob@example.org"},
    "undo": None,
}
UNDO: JsonDict = {
    "dry_run": True,
    "rows_done": 3,
    "removed": 1,
    "leads_removed": 1,
    "restored": 0,
    "kept": 1,
    "by_reason": {"contacted": 1},
    "named": [
        {
            "import_id": 12,
            "row": 2,
            "email": "ann@example.com",
            "lead_id": 41,
            "code": "contacted",
            "reason": "Contacted since",
        }
    ],
}
BREAKDOWN: JsonDict = {
    "by": "campaign",
    "data": [
        {
            "campaign_id": 7,
            "campaign_name": "Q4 Outreach",
            "rows": 640,
            "by_code": {"in_progress_in_other_campaign": 640},
            "share": 0.7095,
        }
    ],
    "next_cursor": None,
}
PUSH: JsonDict = {
    "name": "Apollo, November",
    "imports": 2,
    "ledgers": 2,
    "by_state": {"completed": 2},
    "rows": 4,
    "counts": {"added": 2, "updated": 0, "unchanged": 0, "skipped": 2, "failed": 0},
    "by_code": {"added": 2, "blocked": 2},
    "groups": {
        "imported": 2,
        "duplicates": 0,
        "in_progress_elsewhere": 0,
        "suppressed": 2,
        "failed": 0,
    },
    "has_exclusions": True,
    "undo": None,
    "first_at": "2026-11-23T09:00:00Z",
    "last_at": "2026-11-23T09:01:00Z",
}
REFUSED = (
    "email,first_name,code,reason,row\r\nbob@example.org,Bob,blocked,On global block list,2\r\n"
)
