"""What the API says of itself in its OpenAPI document."""

from importlib.metadata import version
from typing import Any

INFO: dict[str, Any] = {
    "title": "Leadgate",
    "version": version("leadgate"),
    "summary": "A self-hosted lead API for outbound email.",
    "description": """\
Leads come in, and the **gate** decides for each one whether it may enter a campaign: every row gets
a verdict with a code, a sentence, the conflict, and what would let it in.

Programs written for SmartLead connect by changing their base URL. Send the API key as a bearer
token, as `X-API-Key`, or as the query parameter `api_key`. A key may read, write (and read), or
administer (and both).

Whatever fails is `application/problem+json` (RFC 9457) with a permanent `code`. Every answer has an
`X-Request-Id`. Each path answers with and without a trailing slash. Times are RFC 3339 in UTC.

A POST, PATCH or DELETE with an `Idempotency-Key` may be sent again for 24 hours: it has one effect,
and the same answer, marked by `Idempotency-Replayed: true`.

What cannot be read as it is described here is refused with a 422 that points at it. A query
parameter that is empty counts as absent; one that has a single value may stand there once.

A key may make so many requests a minute, and all of them at once: `X-RateLimit-Limit`,
`X-RateLimit-Remaining` and `X-RateLimit-Reset` say where it stands, a 429 has `Retry-After`.

Lists take `limit` and `cursor`: the answer's `next_cursor` asks for the next page, and is null at
the end. Where the answer is a bare array, it is in the headers `Link` and `X-Next-Cursor`.
""",
    "contact": {"name": "Whoever runs this service"},
    "license_info": {
        "name": "Apache-2.0",
        "url": "https://www.apache.org/licenses/LICENSE-2.0",
    },
}

TAGS: list[dict[str, Any]] = [
    {"name": "Campaigns", "description": "Settings, schedule, sequence, and their life."},
    {"name": "Leads", "description": "People, their status in campaigns, and what happened."},
    {"name": "Imports", "description": "Batches of leads in, and what became of each row."},
    {"name": "Gate", "description": "Ask why somebody may or may not enter; nothing is written."},
    {"name": "Suppression", "description": "Block list, unsubscribes and do-not-contact."},
    {"name": "Validation", "description": "How addresses are judged."},
    {"name": "Workspace", "description": "The tenant's policy, and its API keys."},
    {"name": "Jobs", "description": "What workers do for requests that were answered before."},
    {"name": "Audit", "description": "Who did what."},
    {"name": "Health", "description": "For load balancers and supervisors; without a key."},
]
