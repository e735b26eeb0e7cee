"""Words by which a header that names an address is told from one that does not. Data."""

NEXT_TO_EMAIL = frozenset(
    (
        "address",
        "adresse",
        "work",
        "business",
        "primary",
        "main",
        "private",
        "personal",
        "direct",
        "secondary",
        "tertiary",
        "additional",
        "home",
        "other",
        "value",
        "person",
        "contact",
        "lead",
        "prospect",
    )
)
"""The words that a header may have besides ``email``, and still hold an address."""
SECOND_CHOICE = frozenset(
    ("private", "personal", "direct", "secondary", "tertiary", "additional", "home", "other")
)

NO_ADDRESS = frozenset(
    (
        "owner",
        "member",
        "status",
        "sent",
        "sender",
        "from",
        "source",
        "confidence",
        "verification",
        "verified",
        "deliverability",
        "manager",
        "assistant",
        "spouse",
        "created",
        "modified",
        "updated",
        "by",
        "opt",
        "out",
        "optin",
        "optout",
        "blacklisted",
        "unsubscribed",
        "bounced",
        "bounce",
        "domain",
        "type",
        "label",
        "count",
        "referred",
        "previous",
        "past",
    )
)
"""Whoever's address such a column holds, it is not the lead's, though its cells hold an @."""

CONSENT = (
    "Email Opt Out",
    "EMAIL_BLACKLISTED",
    "SMS_BLACKLISTED",
    "is_unsubscribed",
    "Unsubscribed",
    "Unsubscribed Mode",
    "Do Not Call",
    "Do Not Contact",
    "Opt Out",
    "HasOptedOutOfEmail",
)
"""A reason to keep somebody out, which no mapping can express."""

VERDICT = frozenset(
    ("status", "result", "state", "verdict", "quality", "email", "verification", "validation")
)
"""What a column may be called, in these words alone, that tells what a check of addresses found."""
TELLING = frozenset(
    (
        "valid",
        "invalid",
        "deliverable",
        "undeliverable",
        "catchall",
        "acceptall",
        "safetosend",
        "donotmail",
        "spamtrap",
    )
)
"""Words that nothing but such a check uses; ``pending`` and ``ok`` tell of other things, too."""
