"""Make workspaces and keys, and find whose key it is that asks."""

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta

from app.kit.db import Tx
from app.kit.resources import Resources
from app.settings import Settings
from app.values import KeyId, KeyScope, WorkspaceId
from app.workspaces import repository
from app.workspaces.errors import InvalidApiKey
from app.workspaces.repository import WorkspaceRepository
from app.workspaces.rules import (
    KEY_PREFIX,
    Caller,
    Defaults,
    KeyTerms,
    Policy,
    StoredKey,
    shown_prefix,
)

USE_NOTED_EVERY = timedelta(minutes=1)


def new_key() -> str:
    """A random key of 43 characters behind a prefix by which scanners and people know it."""
    return KEY_PREFIX + secrets.token_urlsafe(32)


def key_hash(settings: Settings, key: str) -> bytes:
    """What is stored of a key: HMAC-SHA256 under the service's secret."""
    return hmac.new(
        settings.secret_key.get_secret_value().encode(), key.encode(), hashlib.sha256
    ).digest()


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


async def create_workspace(resources: Resources, name: str) -> WorkspaceId:
    """A workspace as SmartLead has them, with the default that lets nobody in twice."""

    async def work(tx: Tx) -> WorkspaceId:
        return await repository.add_workspace(tx, name, Policy())

    return await resources.database.run(work)


async def create_key(
    resources: Resources,
    workspace_id: WorkspaceId,
    *,
    name: str,
    scope: KeyScope,
    key: str | None = None,
    owner: str | None = None,
    language: str | None = None,
    defaults: Defaults | None = None,
    expires_at: datetime | None = None,
) -> tuple[KeyId, str]:
    """A key for the command line, the first start and tests; its text is ``key``, or random."""
    terms = KeyTerms(name, scope, owner, language, defaults or Defaults(), expires_at)
    text = key or new_key()

    async def work(tx: Tx) -> KeyId:
        stored = await _store_key(tx, workspace_id, resources.settings, terms, text)
        return stored.id

    return await resources.database.run(work), text


async def _store_key(
    tx: Tx, workspace_id: WorkspaceId, settings: Settings, terms: KeyTerms, text: str
) -> StoredKey:
    keys = WorkspaceRepository(tx, workspace_id)
    return await keys.add_key(terms, shown_prefix(text), key_hash(settings, text))
