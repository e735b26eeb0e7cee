"""Answers as they are, for the API's description."""

from pydantic.config import JsonDict

ANN: JsonDict = {
    "id": 41,
    "first_name": "Ann",
    "last_name": "Lee",
    "email": "ann@example.com",
    "phone_number": "+1 555 0100",
    "company_name": "Example Ltd",
    "website": "example.com",
    "location": "London",
    "custom_fields": {"icebreaker": "Loved your talk"},
    "linkedin_profile": "https://www.linkedin.com/in/ann-lee",
    "company_url": None,
    "is_unsubscribed": False,
    "unsubscribed_client_id_map": {},
    "email_given": "Ann@Example.com",
    "job_title": "Head of Sales",
    "city": "London",
    "country": "GB",
    "industry": None,
    "company_size": None,
    "revenue": None,
    "language": "en",
}
KNOWN: JsonDict = {
    **ANN,
    "created_at": "2026-11-23T09:00:00Z",
    "updated_at": "2026-11-23T09:05:00Z",
    "lead_campaign_data": [
        {
            "campaign_lead_map_id": 97,
            "campaign_id": 7,
            "campaign_name": "Spring outreach",
            "client_id": None,
            "client_email": None,
            "lead_category_id": None,
            "status": "IN_PROGRESS",
            "import_id": 12,
            "import_row": 1,
        }
    ],
}
ALL: JsonDict = {
    "ok": True,
    "data": {"leads": [KNOWN], "lastSeenLeadId": 41, "totalCount": 1, "total_is_exact": True},
    "next_cursor": None,
}
KNOWN_GLOBALLY: JsonDict = {
    **ANN,
    "created_at": "2026-11-23T09:00:00Z",
    "campaigns": [
        {
            "campaign_id": 7,
            "lead_status": "IN_PROGRESS",
            "campaign_name": "Spring outreach",
            "lead_added_at": "2026-11-23T09:00:00Z",
            "campaign_status": "ACTIVE",
            "email_lead_map_id": 97,
            "lead_last_seq_number": 2,
        }
    ],
}
CAMPAIGN_OF_LEAD: JsonDict = {
    "id": 7,
    "status": "ACTIVE",
    "name": "Spring outreach",
    "lead_status": "IN_PROGRESS",
    "campaign_lead_map_id": 97,
}
VALIDATION: JsonDict = {
    "result": "valid",
    "reason": "domain_accepts_mail",
    "level": "domain",
    "disposable": False,
    "role": False,
    "free": False,
    "privacy_relay": False,
    "catch_all": None,
    "suggestion": None,
    "source": "dns",
    "checked_at": "2026-11-23T09:00:02Z",
}
VALIDATION_PROGRESS: JsonDict = {
    "campaign_id": 7,
    "import_id": None,
    "state": "running",
    "total": 4000,
    "pending": 1000,
    "checked": 3000,
    "percent": 75.0,
    "next_try_at": None,
    "reason": None,
    "results": {
        "valid": {"total": 2700, "by_level": {"domain": 2600, "provider": 100}},
        "invalid": {"total": 250, "by_level": {"domain": 250}},
        "unverified": {"total": 50, "by_level": {"domain": 50}},
    },
}
LEAD_VALIDATION: JsonDict = {
    "lead_id": 41,
    "email": "ann@example.com",
    "state": "checked",
    "validation": VALIDATION,
    "tries": 0,
    "waits_for": None,
    "reason": None,
    "next_try_at": None,
    "evidence": None,
    "domain": {
        "said": "mx",
        "asked_at": "2026-11-23T09:00:01Z",
        "fresh_until": "2026-11-23T10:00:01Z",
        "hosts": [{"name": "mx.example.com", "preference": 10, "resolves": True, "alias": False}],
        "absent_since": None,
        "good_at": "2026-11-23T09:00:01Z",
        "doubted": False,
    },
}
MEMBER: JsonDict = {
    "campaign_lead_map_id": 97,
    "lead_category_id": None,
    "status": "IN_PROGRESS",
    "created_at": "2026-11-23T09:00:00Z",
    "lead": ANN,
    "smartlead_status": "INPROGRESS",
    "company_name": "Example Ltd",
    "email": "ann@example.com",
    "current_step": 2,
    "total_steps": 3,
    "step": "Step 2 of 3",
    "validation": VALIDATION,
    "tags": ["Q4"],
    "source": "Zapier",
    "import_id": 12,
    "import_row": 1,
    "notes": None,
    "resume_at": None,
    "contacted_at": "2026-11-24T08:00:00Z",
    "replied_at": None,
    "last_activity_at": "2026-11-26T08:00:00Z",
    "updated_at": "2026-11-26T08:00:00Z",
}
MEMBERS: JsonDict = {
    "total_leads": "42",
    "total_is_exact": True,
    "offset": 0,
    "limit": 1,
    "next_cursor": "uQb0uV6yWzk3XQ",
    "data": [MEMBER],
}
MESSAGES: JsonDict = {"history": [], "from": None, "to": "ann@example.com"}
EVENT: JsonDict = {
    "type": "status_changed",
    "timestamp": "2026-11-23T09:00:00Z",
    "source": "operator",
    "lead_id": 41,
    "lead_email": "ann@example.com",
    "campaign_id": 7,
    "data": {"from": "NOT_CONTACTED", "to": "PAUSED"},
}
CATEGORY: JsonDict = {
    "id": 1,
    "created_at": "2026-11-23T00:00:00Z",
    "name": "Interested",
    "sentiment_type": "positive",
}
