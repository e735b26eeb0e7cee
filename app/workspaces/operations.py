"""Make workspaces and keys, and find whose key it is that asks."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from app.audit.operations import record
from app.kit.db import Tx
from app.kit.resources import Resources
from app.settings import Settings
from app.values import KeyId, KeyScope, WorkspaceId
from app.workspaces import repository
from app.workspaces.errors import InvalidApiKey, LastAdminKey, WorkspaceNotFound
from app.workspaces.repository import WorkspaceRepository
from app.workspaces.rules import (
    KEY_PREFIX,
    Caller,
    Defaults,
    IssuedKey,
    KeyTerms,
    Operator,
    Policy,
    Workspace,
    amended,
    shown_prefix,
)

FIRST_WORKSPACE = "Default"
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
        with suppress(Exception):  # a server that only reads answers questions all the same
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
    rate_limit_per_minute: int | None = None,
) -> tuple[KeyId, str]:
    """A key for the command line and for tests; its text is ``key``, or random.

    Raises WorkspaceNotFound.
    """
    terms = KeyTerms(
        name, scope, owner, language, defaults or Defaults(), expires_at, rate_limit_per_minute
    )

    async def work(tx: Tx) -> IssuedKey:
        if not await WorkspaceRepository(tx, workspace_id).exists():
            raise WorkspaceNotFound
        return await issue_key(tx, Operator(workspace_id), resources.settings, terms, key)

    issued = await resources.database.run(work)
    return issued.stored.id, issued.text


async def bootstrap(resources: Resources) -> str | None:
    """The text of the first key, made now; None when there has been one already.

    Several processes may start at once: one of them makes it.
    """
    given = resources.settings.bootstrap_api_key
    terms = KeyTerms("First key", KeyScope.ADMIN)

    async def work(tx: Tx) -> str | None:
        await repository.hold_first_start(tx)
        if await repository.any_key(tx):
            return None
        workspaces = await repository.all_workspaces(tx)
        workspace_id = (
            workspaces[0].id
            if workspaces
            else await repository.add_workspace(tx, FIRST_WORKSPACE, Policy())
        )
        text = given.get_secret_value() if given else None
        issued = await issue_key(tx, Operator(workspace_id), resources.settings, terms, text)
        return issued.text

    return await resources.database.run(work)


async def issue_key(
    tx: Tx,
    actor: Caller | Operator,
    settings: Settings,
    terms: KeyTerms,
    text: str | None = None,
) -> IssuedKey:
    """A new key of the actor's workspace; random, unless its text is brought."""
    text = text or new_key()
    stored = await WorkspaceRepository(tx, actor.workspace_id).add_key(
        terms, shown_prefix(text), key_hash(settings, text)
    )
    await record(tx, actor, "key.created", f"key:{stored.id}", after=terms)
    return IssuedKey(stored, text)


async def revoke_key(tx: Tx, actor: Caller | Operator, key_id: KeyId) -> None:
    """From now on it is answered 401. A caller may not take the workspace's last admin key away.

    Raises KeyNotFound, LastAdminKey.
    """
    workspace = WorkspaceRepository(tx, actor.workspace_id)
    await workspace.hold()
    key = await workspace.key(key_id)
    if isinstance(actor, Caller) and not await workspace.has_admin_besides(key_id):
        raise LastAdminKey
    await workspace.revoke(key_id)
    await record(tx, actor, "key.revoked", f"key:{key_id}", before=key.terms)


async def revoke_any_key(resources: Resources, key_id: KeyId) -> None:
    """For the command line: of whichever workspace, the last admin key too. Raises KeyNotFound."""

    async def work(tx: Tx) -> None:
        workspace_id = await repository.workspace_of_key(tx, key_id)
        await revoke_key(tx, Operator(workspace_id), key_id)

    await resources.database.run(work)


async def change_workspace(tx: Tx, caller: Caller, given: Mapping[str, Any]) -> Workspace:
    """Take over its name and the fields of the policy; see ``rules.amended``."""
    workspace = WorkspaceRepository(tx, caller.workspace_id)
    before = await workspace.hold()
    policy = {field: value for field, value in given.items() if field != "name"}
    after = replace(
        before, name=given.get("name", before.name), policy=amended(before.policy, policy)
    )
    if after != before:
        await workspace.save(after)
        await _record_changes(tx, caller, before, after)
    return after


async def _record_changes(tx: Tx, caller: Caller, before: Workspace, after: Workspace) -> None:
    was, now = _flat(before), _flat(after)
    changed = [field for field in now if was[field] != now[field]]
    await record(
        tx,
        caller,
        "workspace.updated",
        "workspace",
        before={field: was[field] for field in changed},
        after={field: now[field] for field in changed},
    )


def _flat(workspace: Workspace) -> dict[str, Any]:
    return {"name": workspace.name, **asdict(workspace.policy)}
