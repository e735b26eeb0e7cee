"""What a row changed, as it was before: documents of the ledger, out of which it is undone."""

from typing import Any

from app.leads.repository.admission import LeadRecord


def before_profile(current: LeadRecord) -> dict[str, Any]:
    """``own_fields`` and ``tombstone`` may stand beside it, each on its own, too."""
    return {
        "fields": dict(current.profile.fields),
        "custom_fields": dict(current.profile.custom_fields),
        "linkedin_key": current.linkedin_key,
    }
