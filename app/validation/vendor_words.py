"""The words by which tools that check addresses say what they found. Data.

Spellings are compared by ``vendors.squeezed``, so ``catch-all``, ``Catch All`` and ``catch_all``
are one. ``invalid`` is what a tool says so plainly; of what may be the tool's own trouble, a full
mailbox or a block nothing is known.
"""

from collections.abc import Mapping

from app.validation.verdicts import CATCH_ALL, DISPOSABLE, FREE, ROLE, Verdict
from app.values import ValidationReason as Reason
from app.values import ValidationResult as Result

GOOD = Verdict(Result.VALID, Reason.PROVIDER_CONFIRMED)
GOOD_ROLE = GOOD._replace(flags=(ROLE,))
GOOD_FREE = GOOD._replace(flags=(FREE,))
GOOD_CATCH_ALL = GOOD._replace(flags=(CATCH_ALL,))
"""The domain takes everything, and the tool knows from elsewhere that somebody is there."""

BAD = Verdict(Result.INVALID, Reason.PROVIDER_CONFIRMED)
NO_MAILBOX = BAD._replace(reason=Reason.MAILBOX_NOT_FOUND)
DISABLED = BAD._replace(reason=Reason.MAILBOX_DISABLED)
NO_ADDRESS = BAD._replace(reason=Reason.SYNTAX)
NO_DOMAIN = BAD._replace(reason=Reason.DOMAIN_NOT_FOUND)
NO_HOST = BAD._replace(reason=Reason.NO_MAIL_HOST)
HARMFUL = BAD._replace(suppress=True)

OPEN = Verdict(Result.UNVERIFIED, Reason.PROVIDER_OPAQUE)
ACCEPT_ALL = Verdict(Result.UNVERIFIED, Reason.CATCH_ALL, (CATCH_ALL,))
ACCEPT_ALL_ROLE = ACCEPT_ALL._replace(flags=(CATCH_ALL, ROLE))
UNTRIED = OPEN._replace(reason=Reason.NOT_PROBED)
THROWAWAY = UNTRIED._replace(flags=(DISPOSABLE,))
SHARED = UNTRIED._replace(flags=(ROLE,))
WEBMAIL = OPEN._replace(flags=(FREE,))
FULL = OPEN._replace(reason=Reason.MAILBOX_FULL)
GREYLISTED = OPEN._replace(reason=Reason.GREYLISTED)
BLOCKED = OPEN._replace(reason=Reason.SENDER_BLOCKED)
SLOW = OPEN._replace(reason=Reason.TIMEOUT)
AWAY = OPEN._replace(reason=Reason.CONNECT_FAILED)
SERVER = OPEN._replace(reason=Reason.SERVER_ERROR)
BABBLE = OPEN._replace(reason=Reason.PROTOCOL_ERROR)
FAILED = OPEN._replace(reason=Reason.PROVIDER_ERROR)

Words = Mapping[str, Verdict]

COMMON: Words = {
    "valid": GOOD,
    "verified": GOOD,
    "deliverable": GOOD,
    "safe": GOOD,
    "safe to send": GOOD,
    "ok": GOOD,
    "success": GOOD,
    "accepted email": GOOD,
    "valid catch-all": GOOD_CATCH_ALL,
    "invalid": BAD,
    "not valid": BAD,
    "undeliverable": BAD,
    "bounced": BAD,
    "hard bounced": BAD,
    "rejected email": NO_MAILBOX,
    "mailbox not found": NO_MAILBOX,
    "mailbox does not exist": NO_MAILBOX,
    "email disabled": DISABLED,
    "disabled": DISABLED,
    "mailbox disabled": DISABLED,
    "syntax": NO_ADDRESS,
    "syntax error": NO_ADDRESS,
    "failed syntax check": NO_ADDRESS,
    "invalid email": NO_ADDRESS,
    "invalid syntax": NO_ADDRESS,
    "invalid domain": NO_DOMAIN,
    "no dns entries": NO_HOST,
    "no mx": NO_HOST,
    "no mx record": NO_HOST,
    "invalid mx": NO_HOST,
    "does not accept mail": NO_HOST,
    "spamtrap": HARMFUL,
    "possible trap": HARMFUL,
    "possible traps": HARMFUL,
    "possible spam trap detected": HARMFUL,
    "abuse": HARMFUL,
    "complainer": HARMFUL,
    "toxic": HARMFUL,
    "global suppression": HARMFUL,
    "do not mail": HARMFUL,
    "catch-all": ACCEPT_ALL,
    "accept all": ACCEPT_ALL,
    "accept all (unverifiable)": ACCEPT_ALL,
    "ok for all": ACCEPT_ALL,
    "low deliverability": ACCEPT_ALL,
    "risky": OPEN,
    "unknown": OPEN,
    "unverifiable": OPEN,
    "inconclusive": OPEN,
    "low quality": OPEN,
    "unverified": UNTRIED,
    "not verified": UNTRIED,
    "pending": UNTRIED,
    "disposable": THROWAWAY,
    "role": SHARED,
    "role based": SHARED,
    "role account": SHARED,
    "role based catch-all": ACCEPT_ALL_ROLE,
    "role based accept-all": ACCEPT_ALL_ROLE,
    "webmail": WEBMAIL,
    "inbox full": FULL,
    "mailbox full": FULL,
    "mailbox quota exceeded": FULL,
    "greylisted": GREYLISTED,
    "greylisting": GREYLISTED,
    "antispam system": BLOCKED,
    "timeout": SLOW,
    "timeout exceeded": SLOW,
    "no connect": AWAY,
    "failed smtp connection": AWAY,
    "dead server": AWAY,
    "unavailable smtp": SERVER,
    "smtp error": SERVER,
    "mail server temporary error": SERVER,
    "mail server did not respond": SLOW,
    "forcible disconnect": BABBLE,
    "invalid smtp": BABBLE,
    "smtp protocol": BABBLE,
    "error": FAILED,
    "unexpected error": FAILED,
    "exception occurred": FAILED,
}
"""What these words mean whoever says them."""

VENDORS: Mapping[str, Words] = {
    "zerobounce": {
        "alias address": GOOD,
        "leading period removed": GOOD,
        "alternate": GOOD,
        "gold": GOOD,
        "allowed": GOOD,
        "possible typo": BAD,
        "unroutable ip address": NO_HOST,
        "mx forward": OPEN,
        "blocked": OPEN,
    },
    "neverbounce": {"0": GOOD, "1": BAD, "2": THROWAWAY, "3": ACCEPT_ALL, "4": OPEN},
    "millionverifier": {
        "good": GOOD,
        "bad": BAD,
        "1": GOOD,
        "2": ACCEPT_ALL,
        "3": OPEN,
        "4": FAILED,
        "5": THROWAWAY,
        "6": BAD,
    },
    "kickbox": {},
    "bouncer": {"dns error": OPEN, "unsupported": OPEN},
    "hunter": {"blocked": OPEN},
    "emailhippo": {
        "bad": BAD,
        "retry later": OPEN,
        "server is catch all": ACCEPT_ALL,
        "mail server fault detected": SERVER,
        "domain is inexistent": NO_DOMAIN,
        "domain does not exist": NO_DOMAIN,
        "no mx servers found": NO_HOST,
        "domain is well known dea": THROWAWAY,
    },
    "apollo": {
        "likely to engage": GOOD,
        "guessed": UNTRIED,
        "extrapolated": UNTRIED,
        "unavailable": UNTRIED,
        "no email": UNTRIED,
        "user managed": UNTRIED,
        "needs verification": UNTRIED,
        "new data available": UNTRIED,
        "update required": UNTRIED,
        "email no longer verified": UNTRIED,
        "pending manual fulfillment": UNTRIED,
        "pending manual verification": UNTRIED,
    },
    "reacher": {},
    "clearout": {},
    "debounce": {
        "deliverable, role": GOOD_ROLE,
        "accept-all, role": ACCEPT_ALL_ROLE,
        "1": NO_ADDRESS,
        "2": HARMFUL,
        "3": THROWAWAY,
        "4": ACCEPT_ALL,
        "5": GOOD,
        "6": BAD,
        "7": OPEN,
        "8": SHARED,
    },
    "emailable": {"duplicate": UNTRIED},
    "emaillistverify": {
        "unknown email": NO_MAILBOX,
        "domain error": NO_HOST,
        "attempt rejected": OPEN,
        "relay error": OPEN,
    },
    "dropcontact": {
        "nominative@pro": GOOD,
        "nominative@perso": GOOD_FREE,
        "generic@pro": GOOD_ROLE,
        "generic@perso": GOOD._replace(flags=(ROLE, FREE)),
        "catch_all@pro": ACCEPT_ALL,
        "no_validated@pro": OPEN,
        "non_confirm@pro": OPEN,
        "random@pro": OPEN,
        "random@perso": WEBMAIL,
    },
    "findymail": {"true": GOOD, "false": OPEN},
    "leadmagic": {"not found": UNTRIED},
    "lemlist": {},
    "instantly": {
        "1": GOOD,
        "11": UNTRIED,
        "12": UNTRIED,
        "-1": BAD,
        "-2": OPEN,
        "-3": ACCEPT_ALL,
        "-4": OPEN,
        "job change": OPEN,
    },
    "smartlead": {},
    "snov": {},
    "evaboot": {"riskier": OPEN, "not found": UNTRIED},
    "prospeo": {},
    "reoon": {},
    "bouncify": {},
    "bounceban": {},
    "wiza": {"unfound": UNTRIED},
    "rocketreach": {},
}
"""What else a tool says; numbers have a meaning only of one whose they are."""

ALSO_CALLED: Mapping[str, str] = {
    "zb": "zerobounce",
    "nb": "neverbounce",
    "mv": "millionverifier",
    "usebouncer": "bouncer",
    "hippo": "emailhippo",
    "checkifemailexists": "reacher",
    "isreachable": "reacher",
    "emaildeliverability": "lemlist",
    "snovio": "snov",
    "elv": "emaillistverify",
}
