"""The words that tables, rules and the wire share. Imports nothing of ours."""

from enum import StrEnum
from typing import NewType

WorkspaceId = NewType("WorkspaceId", int)
KeyId = NewType("KeyId", int)
CampaignId = NewType("CampaignId", int)
LeadId = NewType("LeadId", int)
MapId = NewType("MapId", int)
"""Id of a membership: SmartLead's ``campaign_lead_map_id``."""
ImportId = NewType("ImportId", int)
UploadId = NewType("UploadId", int)
SuppressionId = NewType("SuppressionId", int)
JobId = NewType("JobId", int)
TicketId = NewType("TicketId", int)
ClientId = NewType("ClientId", int)
"""An agency's client, numbered by the agency."""


class KeyScope(StrEnum):
    """What a key may do; each includes the one before."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"

    def includes(self, other: "KeyScope") -> bool:
        order = list(KeyScope)
        return order.index(self) >= order.index(other)


class DuplicateScope(StrEnum):
    """How far the gate looks for the same person; each looks further than the one before."""

    CAMPAIGN = "campaign"
    ACTIVE = "active"
    WORKSPACE = "workspace"

    @property
    def strictness(self) -> int:
        return list(DuplicateScope).index(self)


class Boundary(StrEnum):
    """Where "elsewhere" ends: at the workspace, or at the client of an agency."""

    WORKSPACE = "workspace"
    CLIENT = "client"


class FlagMeaning(StrEnum):
    """What ``ignore_duplicate_leads_in_other_campaign: true`` means."""

    DOCUMENTED = "documented"
    LEGACY = "legacy"


class Mode(StrEnum):
    """What a batch may do to people: create them, update them, or both."""

    CREATE_ONLY = "create_only"
    CREATE_AND_UPDATE = "create_and_update"
    UPDATE_ONLY = "update_only"


class OnLinkedinMatch(StrEnum):
    """What happens to a row whose LinkedIn profile belongs to somebody else."""

    SKIP = "skip"
    IGNORE = "ignore"


class UnknownFields(StrEnum):
    """What happens to a lead's keys that are no lead field."""

    REJECT = "reject"
    CUSTOM = "custom"


class Vocabulary(StrEnum):
    """Whose words name a status."""

    LEADGATE = "leadgate"
    SMARTLEAD_LIST = "smartlead_list"
    DATASEND = "datasend"
    LEMLIST = "lemlist"


class CampaignStatus(StrEnum):
    """SmartLead's sending state."""

    DRAFTED = "DRAFTED"
    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    STOPPED = "STOPPED"
    COMPLETED = "COMPLETED"


class LeadSource(StrEnum):
    """Where a campaign's leads come from."""

    MANUAL = "manual"
    AI_SCRAPED = "ai_scraped"
    DATABASE = "database"
    PIPELINE = "pipeline"
    CRM = "crm"


class LeadStatus(StrEnum):
    """The status of a membership."""

    NOT_CONTACTED = "NOT_CONTACTED"
    REVIEWED = "REVIEWED"
    SCHEDULED = "SCHEDULED"
    IN_PROGRESS = "IN_PROGRESS"
    PAUSED = "PAUSED"
    REPLIED = "REPLIED"
    INTERESTED = "INTERESTED"
    NOT_INTERESTED = "NOT_INTERESTED"
    COMPLETED = "COMPLETED"
    STOPPED = "STOPPED"
    DO_NOT_CONTACT = "DO_NOT_CONTACT"
    BOUNCED = "BOUNCED"
    INVALID = "INVALID"
    UNSUBSCRIBED = "UNSUBSCRIBED"


class SuppressionKind(StrEnum):
    """The three lists that stop outreach."""

    BLOCK = "block"
    UNSUBSCRIBE = "unsubscribe"
    DO_NOT_CONTACT = "do_not_contact"


class SuppressionSource(StrEnum):
    """Who or what put an entry on a list."""

    MANUAL = "manual"
    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    LEAD = "lead"
    API = "api"
    SYNC = "sync"


class ImportSource(StrEnum):
    """The way by which an import's rows came in."""

    API = "api"
    FILE = "file"
    ROWS = "rows"
    FILTER = "filter"
    PIPELINE = "pipeline"
    REFUSED = "refused"


class ImportState(StrEnum):
    """Where an import is on its way; see the state table of the imports."""

    DRAFT = "draft"
    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNDOING = "undoing"
    UNDONE = "undone"


WORKED_ON = frozenset({ImportState.QUEUED, ImportState.RUNNING})
"""A job is queued for these imports, or works on them."""


class ValidationResult(StrEnum):
    """What is known of an address. Invalid only by evidence that mail cannot arrive."""

    VALID = "valid"
    INVALID = "invalid"
    UNVERIFIED = "unverified"


class ValidationWord(StrEnum):
    """By what leads are chosen: their result, and whether they wait for one, or for a newer one."""

    VALID = "valid"
    INVALID = "invalid"
    UNVERIFIED = "unverified"
    PENDING = "pending"


class ValidationLevel(StrEnum):
    """How deep a result goes."""

    SYNTAX = "syntax"
    DOMAIN = "domain"
    MAILBOX = "mailbox"
    PROVIDER = "provider"


class ValidRequires(StrEnum):
    """How deep a check must go before a workspace counts an address as valid."""

    DOMAIN = "domain"
    MAILBOX = "mailbox"
    """By SMTP or a provider."""


class ValidationReason(StrEnum):
    """Why a result is what it is: a closed list, whoever found it."""

    SYNTAX = "syntax"
    SPECIAL_USE_DOMAIN = "special_use_domain"
    DOMAIN_NOT_FOUND = "domain_not_found"
    NULL_MX = "null_mx"
    NO_MAIL_HOST = "no_mail_host"
    MX_UNRESOLVABLE = "mx_unresolvable"
    MAILBOX_NOT_FOUND = "mailbox_not_found"
    MAILBOX_DISABLED = "mailbox_disabled"
    RELAY_DENIED = "relay_denied"
    SMTPUTF8_UNSUPPORTED = "smtputf8_unsupported"

    CATCH_ALL = "catch_all"
    GREYLISTED = "greylisted"
    MAILBOX_FULL = "mailbox_full"
    RATE_LIMITED = "rate_limited"
    SENDER_BLOCKED = "sender_blocked"
    NEEDS_PTR = "needs_ptr"
    POLICY = "policy"
    SERVER_ERROR = "server_error"
    CONNECT_FAILED = "connect_failed"
    TIMEOUT = "timeout"
    PROTOCOL_ERROR = "protocol_error"
    DNS_TIMEOUT = "dns_timeout"
    DNS_SERVFAIL = "dns_servfail"
    DNS_REFUSED = "dns_refused"
    PROVIDER_OPAQUE = "provider_opaque"
    PROVIDER_ERROR = "provider_error"
    NOT_PROBED = "not_probed"

    ACCEPTED = "accepted"
    DOMAIN_ACCEPTS_MAIL = "domain_accepts_mail"
    PROVIDER_CONFIRMED = "provider_confirmed"


class JobState(StrEnum):
    """Where a background job is."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Wish(StrEnum):
    """What somebody may ask of a background job."""

    PAUSE = "pause"
    CANCEL = "cancel"


class Outcome(StrEnum):
    """What became of a row."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    FAILED = "failed"


class Code(StrEnum):
    """The gate's answer for one row: an acceptance, or the first rule that stopped it."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"

    MISSING_EMAIL = "missing_email"
    INVALID_EMAIL = "invalid_email"
    UNREADABLE_ROW = "unreadable_row"
    INVALID_FIELD = "invalid_field"

    DUPLICATE_IN_BATCH = "duplicate_in_batch"
    DUPLICATE_IN_CAMPAIGN = "duplicate_in_campaign"
    NOT_IN_CAMPAIGN = "not_in_campaign"
    DO_NOT_CONTACT = "do_not_contact"
    BLOCKED = "blocked"
    UNSUBSCRIBED = "unsubscribed"
    DELETED_HERE = "deleted_here"
    KNOWN_UNDELIVERABLE = "known_undeliverable"
    CONTACTED_RECENTLY = "contacted_recently"
    ACCOUNT_BLOCKED = "account_blocked"
    IN_PROGRESS_IN_OTHER_CAMPAIGN = "in_progress_in_other_campaign"
    DUPLICATE_IN_OTHER_CAMPAIGN = "duplicate_in_other_campaign"
    DUPLICATE_LINKEDIN = "duplicate_linkedin"

    @property
    def outcome(self) -> Outcome:
        """``code`` says everything; the outcome only groups it."""
        if self in ACCEPTED:
            return Outcome(self.value)
        return Outcome.FAILED if self in FAILED else Outcome.SKIPPED


class UndoOutcome(StrEnum):
    """What became of a row when its import was undone."""

    REMOVED = "removed"
    RESTORED = "restored"
    KEPT = "kept"


class UndoCode(StrEnum):
    """Undoing's answer for one row: what it undid, or the first reason to leave all as it is."""

    LEAD_REMOVED = "lead_removed"
    """The membership, and the person, who had come by this row."""
    MEMBER_REMOVED = "member_removed"
    """The membership; the person was known before, and is as before."""
    RESTORED = "restored"

    NOT_RECORDED = "not_recorded"
    GONE = "gone"
    CONTACTED = "contacted"
    ENTERED_ELSEWHERE = "entered_elsewhere"
    UPDATED_SINCE = "updated_since"
    ACTIVE_SINCE = "active_since"
    PROFILE_TAKEN = "profile_taken"

    @property
    def outcome(self) -> UndoOutcome:
        if self in REMOVALS:
            return UndoOutcome.REMOVED
        return UndoOutcome.RESTORED if self is UndoCode.RESTORED else UndoOutcome.KEPT


REMOVALS = (UndoCode.LEAD_REMOVED, UndoCode.MEMBER_REMOVED)


# Tuples, because they are asked for every row: "in" finds a member by identity, a set hashes it in
# Python.
ACCEPTED = (Code.ADDED, Code.UPDATED, Code.UNCHANGED)
FAILED = (Code.MISSING_EMAIL, Code.INVALID_EMAIL, Code.UNREADABLE_ROW, Code.INVALID_FIELD)


LEAD_FIELDS = (
    "first_name",
    "last_name",
    "phone_number",
    "company_name",
    "website",
    "location",
    "linkedin_profile",
    "company_url",
    "job_title",
    "city",
    "country",
    "industry",
    "company_size",
    "revenue",
    "language",
)
"""A lead's own fields besides the address, as columns and on the wire.

Whatever else is given is a custom field.
"""
