"""What a verdict says to people. Clients read some of these sentences, so they do not change."""

from app.gate.rules import Terms, Verdict
from app.values import ACCEPTED, Code

SENTENCES = {
    Code.MISSING_EMAIL: "No email address",
    Code.INVALID_EMAIL: "Not a valid email address",
    Code.UNREADABLE_ROW: "The row cannot be read",
    Code.INVALID_FIELD: "A field is too long, of the wrong type, or one custom field too many",
    Code.DUPLICATE_IN_BATCH: "Repeats an earlier row of this import",
    Code.DUPLICATE_IN_CAMPAIGN: "Already exists in this campaign",
    Code.NOT_IN_CAMPAIGN: "Not in this campaign, and only updates were asked for",
    Code.DO_NOT_CONTACT: "Asked not to be contacted",
    Code.BLOCKED: "On global block list",
    Code.UNSUBSCRIBED: "Previously unsubscribed",
    Code.DELETED_HERE: "Was deleted here, and a sync does not bring it back",
    Code.KNOWN_UNDELIVERABLE: "Bounced or found invalid before",
    Code.CONTACTED_RECENTLY: "Contacted recently",
    Code.ACCOUNT_BLOCKED: "The account is not to be addressed by this campaign",
    Code.IN_PROGRESS_IN_OTHER_CAMPAIGN: "Currently in progress in another campaign",
    Code.DUPLICATE_IN_OTHER_CAMPAIGN: "Already exists in another campaign",
    Code.DUPLICATE_LINKEDIN: "Another lead has this LinkedIn profile",
}
LOCKED = (
    "Duplicate email found: {email}. This lead already exists and cannot be added again"
    " to prevent repeated outreach."
)
INACTIVE = "Not in progress there: duplicate_scope=active lets them in"
OF_LOCKED_FLOOR = {Code.IN_PROGRESS_IN_OTHER_CAMPAIGN, Code.DUPLICATE_IN_OTHER_CAMPAIGN}


def reason(verdict: Verdict, email: str | None, terms: Terms) -> str | None:
    """A sentence for people; None for a row that got in."""
    code = verdict.code
    if code in ACCEPTED:
        return None
    if code in OF_LOCKED_FLOOR and terms.policy.locked:
        return LOCKED.format(email=email)
    if code is Code.CONTACTED_RECENTLY and verdict.allowed_from:
        return f"Contacted recently; allowed from {verdict.allowed_from.date().isoformat()}"
    return SENTENCES[code]
