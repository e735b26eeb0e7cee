"""Workspaces and keys. What looks across workspaces: a key's hash, the first start."""

import dataclasses
from typing import Any

from sqlalchemy import insert

from app.kit.db import Database, Tx
from app.models import ApiKey, Workspace
from app.values import (
    Boundary,
    DuplicateScope,
    FlagMeaning,
    KeyId,
    KeyScope,
    Mode,
    OnLinkedinMatch,
    UnknownFields,
    Vocabulary,
    WorkspaceId,
)
from app.workspaces.rules import Caller, Defaults, KeyTerms, Policy, Preset, StoredKey

CALLER = """
select w.id workspace_id, w.name workspace_name, w.preset, w.default_scope, w.floor, w.boundary,
       w.duplicate_flag_meaning, w.recontact_after_days, w.protect_replied_days,
       w.workspace_lead_list, w.move_leads, w.export_leads, w.require_validation_before_start,
       w.confirm_deletes, w.hold_unverified, w.check_undeliverable,
       k.id key_id, k.name key_name, k.scope, k.owner, k.language, k.defaults, k.last_used_at
from api_keys k join workspaces w on w.id = k.workspace_id
where k.key_hash = $1 and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
"""


KEY_COLUMNS = (
    ApiKey.id,
    ApiKey.prefix,
    ApiKey.name,
    ApiKey.scope,
    ApiKey.owner,
    ApiKey.language,
    ApiKey.defaults,
    ApiKey.created_at,
    ApiKey.expires_at,
    ApiKey.last_used_at,
    ApiKey.revoked_at,
)


async def caller(database: Database, key_hash: bytes) -> Caller | None:
    """Whose key is this? None when it is unknown, revoked or expired."""
    rows = await database.fetch(CALLER, key_hash)
    return next((_caller(row) for row in rows), None)


async def note_use(database: Database, key_id: KeyId) -> None:
    """Keep when the key was last used, to the minute."""
    await database.fetch(
        "update api_keys set last_used_at = now()"
        " where id = $1 and (last_used_at is null or last_used_at < now() - interval '1 minute')",
        key_id,
    )


async def add_workspace(tx: Tx, name: str, policy: Policy) -> WorkspaceId:
    made = await tx.execute(
        insert(Workspace).values(name=name, **dataclasses.asdict(policy)).returning(Workspace.id)
    )
    return WorkspaceId(made.scalar_one())


class WorkspaceRepository:
    """One workspace and its keys."""

    def __init__(self, tx: Tx, workspace_id: WorkspaceId) -> None:
        self._tx, self._workspace_id = tx, workspace_id

    async def add_key(self, terms: KeyTerms, prefix: str, key_hash: bytes) -> StoredKey:
        made = await self._tx.execute(
            insert(ApiKey)
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
            )
            .returning(*KEY_COLUMNS)
        )
        return _key(made.one())


def policy_of(row: Any) -> Policy:
    return Policy(
        preset=Preset(row["preset"]),
        default_scope=DuplicateScope(row["default_scope"]),
        floor=DuplicateScope(row["floor"]),
        boundary=Boundary(row["boundary"]),
        duplicate_flag_meaning=FlagMeaning(row["duplicate_flag_meaning"]),
        recontact_after_days=row["recontact_after_days"],
        protect_replied_days=row["protect_replied_days"],
        workspace_lead_list=row["workspace_lead_list"],
        move_leads=row["move_leads"],
        export_leads=row["export_leads"],
        require_validation_before_start=row["require_validation_before_start"],
        confirm_deletes=row["confirm_deletes"],
        hold_unverified=row["hold_unverified"],
        check_undeliverable=row["check_undeliverable"],
    )


def defaults_of(stored: dict[str, Any]) -> Defaults:
    return Defaults(
        mode=Mode(stored["mode"]) if stored.get("mode") else None,
        overwrite_existing=stored.get("overwrite_existing"),
        duplicate_scope=DuplicateScope(stored["duplicate_scope"])
        if stored.get("duplicate_scope")
        else None,
        on_linkedin_match=OnLinkedinMatch(stored["on_linkedin_match"])
        if stored.get("on_linkedin_match")
        else None,
        source=stored.get("source"),
        tags=tuple(stored.get("tags") or ()),
        vocabulary=Vocabulary(stored["vocabulary"]) if stored.get("vocabulary") else None,
        unknown_fields=UnknownFields(stored["unknown_fields"])
        if stored.get("unknown_fields")
        else None,
        skip_missing_email=stored.get("skip_missing_email"),
    )


def stored_defaults(defaults: Defaults) -> dict[str, Any]:
    """Only what speaks is kept."""
    given = dataclasses.asdict(defaults)
    return {name: value for name, value in given.items() if value not in (None, ())}


def _key(row: Any) -> StoredKey:
    terms = KeyTerms(
        row.name,
        KeyScope(row.scope),
        row.owner,
        row.language,
        defaults_of(row.defaults),
        row.expires_at,
    )
    return StoredKey(
        KeyId(row.id), row.prefix, terms, row.created_at, row.last_used_at, row.revoked_at
    )


def _caller(row: Any) -> Caller:
    return Caller(
        workspace_id=WorkspaceId(row["workspace_id"]),
        workspace_name=row["workspace_name"],
        policy=policy_of(row),
        key_id=KeyId(row["key_id"]),
        key_name=row["key_name"],
        scope=KeyScope(row["scope"]),
        owner=row["owner"],
        language=row["language"],
        defaults=defaults_of(row["defaults"]),
        last_used_at=row["last_used_at"],
    )
