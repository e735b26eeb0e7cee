"""What the tables' rows say, in the words of the rules."""

import dataclasses
from typing import Any

from app.values import (
    Boundary,
    DuplicateScope,
    FlagMeaning,
    KeyId,
    KeyScope,
    Mode,
    OnLinkedinMatch,
    UnknownFields,
    ValidRequires,
    Vocabulary,
    WorkspaceId,
)
from app.workspaces.rules import (
    Caller,
    Defaults,
    KeyTerms,
    Policy,
    Preset,
    StoredKey,
    Workspace,
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
        valid_requires=ValidRequires(row["valid_requires"]),
        validation_max_age_days=row["validation_max_age_days"],
        ledger_retention_days=row["ledger_retention_days"],
        event_retention_days=row["event_retention_days"],
    )


def defaults_of(stored: dict[str, Any]) -> Defaults:
    words = {
        "mode": Mode,
        "duplicate_scope": DuplicateScope,
        "on_linkedin_match": OnLinkedinMatch,
        "vocabulary": Vocabulary,
        "unknown_fields": UnknownFields,
        "tags": tuple,
    }
    return Defaults(
        **{name: words[name](value) if name in words else value for name, value in stored.items()}
    )


def stored_defaults(defaults: Defaults) -> dict[str, Any]:
    """Only what speaks is kept."""
    given = dataclasses.asdict(defaults)
    return {name: value for name, value in given.items() if value not in (None, ())}


def workspace_of(row: Any) -> Workspace:
    return Workspace(WorkspaceId(row["id"]), row["name"], policy_of(row))


def key_of(row: Any) -> StoredKey:
    terms = KeyTerms(
        row.name,
        KeyScope(row.scope),
        row.owner,
        row.language,
        defaults_of(row.defaults),
        row.expires_at,
        row.rate_limit_per_minute,
    )
    return StoredKey(
        KeyId(row.id),
        WorkspaceId(row.workspace_id),
        row.prefix,
        terms,
        row.created_at,
        row.last_used_at,
        row.revoked_at,
    )


def caller_of(row: Any) -> Caller:
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
        rate_limit_per_minute=row["rate_limit_per_minute"],
        last_used_at=row["last_used_at"],
    )
