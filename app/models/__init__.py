"""The schema.

A schema is one graph, and Alembic wants it whole; anyone may read any table, only its owner writes
it.
"""

from app.kit.idempotency import IdempotencyKey
from app.kit.jobs import JobRow
from app.kit.schema import Base
from app.models.campaigns import Campaign, SequenceStep
from app.models.counters import Counter, CounterDelta
from app.models.imports import Import, ImportRow, Upload
from app.models.leads import (
    CampaignLead,
    Lead,
    LeadEvent,
    LeadLinkedin,
    Tombstone,
    Unvalidated,
    Validation,
)
from app.models.providers import ProviderBudget
from app.models.suppressions import Suppression
from app.models.validation import ListOverride, MailDomain
from app.models.workspaces import ApiKey, AuditEntry, StreamTicket, Workspace

__all__ = [
    "ApiKey",
    "AuditEntry",
    "Base",
    "Campaign",
    "CampaignLead",
    "Counter",
    "CounterDelta",
    "IdempotencyKey",
    "Import",
    "ImportRow",
    "JobRow",
    "Lead",
    "LeadEvent",
    "LeadLinkedin",
    "ListOverride",
    "MailDomain",
    "ProviderBudget",
    "SequenceStep",
    "StreamTicket",
    "Suppression",
    "Tombstone",
    "Unvalidated",
    "Upload",
    "Validation",
    "Workspace",
]
