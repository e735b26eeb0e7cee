"""Workspaces and keys. The look-ups across workspaces that exist: by a key's hash, and the first start."""

import json
from typing import Any

from app.kit.db import Database
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
from app.workspaces.rules import Caller, Defaults, Policy, Preset

CALLER = """
select w.id workspace_id, w.name workspace_name, w.preset, w.default_scope, w.floor, w.boundary,
       w.duplicate_flag_meaning, w.recontact_after_days, w.protect_replied_days, w.workspace_lead_list, w.move_leads,
       w.export_leads, w.require_validation_before_start, w.confirm_deletes, w.hold_unverified, w.check_undeliverable,
       k.id key_id, k.name key_name, k.scope, k.owner, k.language, k.defaults, k.last_used_at
from api_keys k join workspaces w on w.id = k.workspace_id
where k.key_hash = $1 and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
"""


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
        duplicate_scope=DuplicateScope(stored["duplicate_scope"]) if stored.get("duplicate_scope") else None,
        on_linkedin_match=OnLinkedinMatch(stored["on_linkedin_match"]) if stored.get("on_linkedin_match") else None,
        source=stored.get("source"),
        tags=tuple(stored.get("tags") or ()),
        vocabulary=Vocabulary(stored["vocabulary"]) if stored.get("vocabulary") else None,
        unknown_fields=UnknownFields(stored["unknown_fields"]) if stored.get("unknown_fields") else None,
        skip_missing_email=stored.get("skip_missing_email"),
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
        defaults=defaults_of(json.loads(row["defaults"])),
        last_used_at=row["last_used_at"],
    )
