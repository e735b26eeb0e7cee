"""Answers as they are, for the API's description."""

from pydantic.config import JsonDict

CONFLICT: JsonDict = {
    "campaign_id": 7,
    "campaign_name": "Spring outreach",
    "status": "IN_PROGRESS",
    "lead_id": 41,
    "tags": ["Q4"],
    "others": 0,
}
ELSEWHERE: JsonDict = {
    "code": "duplicate_in_other_campaign",
    "reason": "Already exists in another campaign",
    "conflict": CONFLICT,
    "matched": None,
    "override": "ignore_duplicate_leads_in_other_campaign",
    "allowed_from": None,
    "hint": None,
}
WHY: JsonDict = {
    "email": "ann@example.com",
    "campaign_id": 8,
    "add": {
        "allowed": False,
        **ELSEWHERE,
        "also": [],
        "applied_scope": "workspace",
        "scope_from": "workspace",
    },
    "send": {
        "allowed": False,
        "stops": [{"code": "not_in_campaign", "reason": "Not in this campaign", "matched": None}],
        "monitor_bounces": False,
    },
    "facts": {
        "lead_id": 41,
        "validation": "valid",
        "memberships": [
            {
                "campaign_id": 7,
                "campaign_name": "Spring outreach",
                "campaign_status": "ACTIVE",
                "status": "IN_PROGRESS",
                "active": True,
                "holding": False,
                "archived": False,
                "tags": ["Q4"],
                "contacted_at": "2026-11-24T08:00:00Z",
                "replied_at": None,
            }
        ],
        "suppressions": [],
        "deletions": [],
    },
}
CHECKED: JsonDict = {
    "data": [
        {
            "index": 0,
            "allowed": False,
            **ELSEWHERE,
            "known": True,
            "lead_id": 41,
            "last_contacted_at": "2026-11-24T08:00:00Z",
            "at_domain": {"domain": "example.com", "people": 1, "active": 1},
            "validation": {
                "result": "valid",
                "reason": "domain_accepts_mail",
                "level": "domain",
                "checked_at": "2026-11-24T08:00:00Z",
            },
        }
    ]
}
