"""Workspaces and keys. Across workspaces look: a key's hash, the first start, the operator."""

import dataclasses
from typing import Any

from sqlalchemy import Select, func, insert, or_, select, update

from app import models
from app.kit.db import Database, Tx
from app.kit.pages import Cursor, Page, Paged
from app.values import KeyId, KeyScope, WorkspaceId
from app.workspaces.errors import KeyNotFound
from app.workspaces.rows import caller_of, key_of, stored_defaults, workspace_of
from app.workspaces.rules import Caller, KeyTerms, Policy, StoredKey, Workspace

WORKSPACE, KEY = models.Workspace, models.ApiKey
KEYS = Cursor("keys", int)
FIRST_START = 0x1EAD6A7E
"""The number of an advisory lock: of several processes that start, one makes the first key."""

CALLER = """
select w.id workspace_id, w.name workspace_name, w.preset, w.default_scope, w.floor, w.boundary,
       w.duplicate_flag_meaning, w.recontact_after_days, w.protect_replied_days,
       w.workspace_lead_list, w.move_leads, w.export_leads, w.require_validation_before_start,
       w.confirm_deletes, w.hold_unverified, w.check_undeliverable, w.valid_requires,
       w.validation_max_age_days, w.ledger_retention_days, w.event_retention_days,
       k.id key_id, k.name key_name, k.scope, k.owner, k.language, k.defaults, k.last_used_at,
       k.rate_limit_per_minute
from api_keys k join workspaces w on w.id = k.workspace_id
where k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
"""

NOTE_USE = """
update api_keys set last_used_at = now() where id = (
    select id from api_keys
    where id = $1 and (last_used_at is null or last_used_at < now() - interval '1 minute')
    for no key update skip locked)
"""

POLICY = tuple(getattr(WORKSPACE, field.name) for field in dataclasses.fields(Policy))
KEY_COLUMNS = (
    KEY.id,
    KEY.workspace_id,
    KEY.prefix,
    KEY.name,
    KEY.scope,
    KEY.owner,
    KEY.language,
    KEY.defaults,
    KEY.created_at,
    KEY.expires_at,
    KEY.rate_limit_per_minute,
    KEY.last_used_at,
    KEY.revoked_at,
)


async def caller(database: Database, key_hash: bytes) -> Caller | None:
    """Whose key is this? None when it is unknown, revoked or expired."""
    rows = await database.fetch(f"{CALLER} and k.key_hash = $1", key_hash)
    return next((caller_of(row) for row in rows), None)


async def caller_of_key(database: Database, key_id: KeyId) -> Caller | None:
    """None when it was revoked, or has expired."""
    rows = await database.fetch(f"{CALLER} and k.id = $1", key_id)
    return next((caller_of(row) for row in rows), None)


async def note_use(database: Database, key_id: KeyId) -> None:
    """Keep when the key was last used, to the minute. Of many requests at once, one does."""
    async with database.transaction() as tx:
        await tx.rows(NOTE_USE, key_id)


async def any_key(tx: Tx) -> bool:
    """Has there ever been a key?"""
    return (await tx.execute(select(KEY.id).limit(1))).one_or_none() is not None


async def hold_first_start(tx: Tx) -> None:
    await tx.execute(select(func.pg_advisory_xact_lock(FIRST_START)))


async def add_workspace(tx: Tx, name: str, policy: Policy) -> WorkspaceId:
    made = await tx.execute(
        insert(WORKSPACE).values(name=name, **dataclasses.asdict(policy)).returning(WORKSPACE.id)
    )
    return WorkspaceId(made.scalar_one())


async def all_workspaces(tx: Tx) -> list[Workspace]:
    found = await tx.execute(_workspaces().order_by(WORKSPACE.id))
    return [workspace_of(row) for row in found.mappings()]


async def workspace_of_key(tx: Tx, key_id: KeyId) -> WorkspaceId:
    """Raises KeyNotFound."""
    found = await tx.execute(select(KEY.workspace_id).where(KEY.id == key_id))
    row = found.one_or_none()
    if row is None:
        raise KeyNotFound
    return WorkspaceId(row.workspace_id)


async def all_keys(tx: Tx) -> list[StoredKey]:
    """Of every workspace, the revoked ones too."""
    found = await tx.execute(select(*KEY_COLUMNS).order_by(KEY.workspace_id, KEY.id))
    return [key_of(row) for row in found]


class WorkspaceRepository:
    """One workspace and its keys."""

    def __init__(self, tx: Tx, workspace_id: WorkspaceId) -> None:
        self._tx, self._workspace_id = tx, workspace_id

    async def exists(self) -> bool:
        found = select(WORKSPACE.id).where(WORKSPACE.id == self._workspace_id)
        return (await self._tx.execute(found)).one_or_none() is not None

    async def get(self) -> Workspace:
        found = await self._tx.execute(_workspaces().where(WORKSPACE.id == self._workspace_id))
        return workspace_of(found.mappings().one())

    async def hold(self) -> Workspace:
        """The workspace, held until the transaction ends: changes to it and its keys take turns."""
        found = await self._tx.execute(
            _workspaces().where(WORKSPACE.id == self._workspace_id).with_for_update(key_share=True)
        )
        return workspace_of(found.mappings().one())

    async def save(self, workspace: Workspace) -> None:
        await self._tx.execute(
            update(WORKSPACE)
            .where(WORKSPACE.id == self._workspace_id)
            .values(
                name=workspace.name,
                updated_at=func.now(),
                **dataclasses.asdict(workspace.policy),
            )
        )

    async def add_key(self, terms: KeyTerms, prefix: str, key_hash: bytes) -> StoredKey:
        made = await self._tx.execute(
            insert(KEY)
            .values(
                workspace_id=self._workspace_id,
                prefix=prefix,
                key_hash=key_hash,
                name=terms.name,
                scope=terms.scope,
                owner=terms.owner,
                language=terms.language,
                defaults=stored_defaults(terms.defaults),
                expires_at=terms.expires_at,
                rate_limit_per_minute=terms.rate_limit_per_minute,
            )
            .returning(*KEY_COLUMNS)
        )
        return key_of(made.one())

    async def keys(self, page: Page) -> Paged[StoredKey]:
        """Those that were not revoked, newest first."""
        found = self._keys().order_by(KEY.id.desc()).limit(page.limit + 1)
        if after := page.after(KEYS):
            found = found.where(KEY.id < after[0])
        keys = [key_of(row) for row in await self._tx.execute(found)]
        return page.cut(keys, KEYS, lambda key: (key.id,))

    async def key(self, key_id: KeyId) -> StoredKey:
        """Raises KeyNotFound, too, when it was revoked."""
        found = await self._tx.execute(self._keys().where(KEY.id == key_id))
        row = found.one_or_none()
        if row is None:
            raise KeyNotFound
        return key_of(row)

    async def has_admin_besides(self, key_id: KeyId) -> bool:
        """Another admin key that works?"""
        found = self._keys().where(
            KEY.id != key_id,
            KEY.scope == KeyScope.ADMIN,
            or_(KEY.expires_at.is_(None), KEY.expires_at > func.now()),
        )
        return (await self._tx.execute(found.limit(1))).one_or_none() is not None

    async def revoke(self, key_id: KeyId) -> None:
        await self._tx.execute(
            update(KEY)
            .where(KEY.workspace_id == self._workspace_id, KEY.id == key_id)
            .values(revoked_at=func.now())
        )

    def _keys(self) -> Select[*tuple[Any, ...]]:
        return select(*KEY_COLUMNS).where(
            KEY.workspace_id == self._workspace_id, KEY.revoked_at.is_(None)
        )


def _workspaces() -> Select[*tuple[Any, ...]]:
    return select(WORKSPACE.id, WORKSPACE.name, *POLICY)
