"""Answers as they are, for the API's description."""

from pydantic.config import JsonDict

CAMPAIGN: JsonDict = {
    "id": 372,
    "user_id": 3,
    "created_at": "2026-11-23T09:00:00Z",
    "updated_at": "2026-11-23T09:05:00Z",
    "status": "DRAFTED",
    "name": "Spring outreach",
    "lead_source": "manual",
    "holding": False,
    "archived_at": None,
    "parent_campaign_id": None,
    "client_id": None,
    "tags": [],
    "scheduler_cron_value": {
        "tz": "Europe/Berlin",
        "days": [1, 2, 3, 4, 5],
        "startHour": "09:00",
        "endHour": "17:00",
    },
    "min_time_btwn_emails": 10,
    "max_leads_per_day": 20,
    "schedule_start_time": None,
    "track_settings": [],
    "stop_lead_settings": "REPLY_TO_AN_EMAIL",
    "unsubscribe_text": None,
    "follow_up_percentage": 100,
    "send_as_plain_text": False,
    "force_plain_text": False,
    "enable_ai_esp_matching": False,
    "auto_pause_domain_leads_on_reply": False,
    "ignore_ss_mailbox_sending_limit": False,
    "domain_level_rate_limit": False,
    "bounce_autopause_threshold": None,
    "ai_categorisation_options": [],
    "out_of_office_detection_settings": {},
}
CREATED: JsonDict = {
    "ok": True,
    "id": 372,
    "name": "Spring outreach",
    "created_at": "2026-11-23T09:00:00Z",
}
STEP: JsonDict = {
    "id": 5,
    "created_at": "2026-11-23T09:00:00Z",
    "updated_at": "2026-11-23T09:00:00Z",
    "email_campaign_id": 372,
    "seq_number": 1,
    "seq_delay_details": {"delay_in_days": 0, "delayInDays": 0},
    "subject": "Hello {{first_name}}",
    "email_body": "<p>{{icebreaker}}</p>",
}
