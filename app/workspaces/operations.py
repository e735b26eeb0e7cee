"""Make workspaces and keys, and find whose key it is that asks."""

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta

from app.kit.resources import Resources
from app.settings import Settings
from app.workspaces import repository
from app.workspaces.errors import InvalidApiKey
from app.workspaces.rules import Caller

KEY_PREFIX = "lg_"
USE_NOTED_EVERY = timedelta(minutes=1)


def new_key() -> str:
    """A random key of 43 characters behind a prefix by which scanners and people know it."""
    return KEY_PREFIX + secrets.token_urlsafe(32)


def key_hash(settings: Settings, key: str) -> bytes:
    """What is stored of a key: HMAC-SHA256 under the service's secret."""
    return hmac.new(settings.secret_key.get_secret_value().encode(), key.encode(), hashlib.sha256).digest()


async def authenticate(resources: Resources, key: str | None) -> Caller:
    """Raises InvalidApiKey, whatever is wrong with the key."""
    if not key:
        raise InvalidApiKey
    caller = await repository.caller(resources.database, key_hash(resources.settings, key))
    if caller is None:
        raise InvalidApiKey
    if caller.last_used_at is None or datetime.now(UTC) - caller.last_used_at > USE_NOTED_EVERY:
        await repository.note_use(resources.database, caller.key_id)
    return caller
