"""What a row changed, as it was before: documents of the ledger, out of which it is undone."""

from collections.abc import Mapping
from typing import Any

from app.leads.merge import Profile
from app.leads.repository.admission import LeadRecord
from app.values import LeadId


def before_profile(current: LeadRecord) -> dict[str, Any]:
    """``own_fields`` and ``tombstone`` may stand beside it, each on its own, too; and always a
    ``mark``, behind whose ids is all that came later.
    """
    return {
        "fields": dict(current.profile.fields),
        "custom_fields": dict(current.profile.custom_fields),
        "linkedin_key": current.linkedin_key,
    }


def record_before(lead_id: LeadId, before: Mapping[str, Any]) -> LeadRecord:
    """The way back of ``before_profile``."""
    profile = Profile(before["fields"], before["custom_fields"])
    return LeadRecord(lead_id, profile, before["linkedin_key"])
