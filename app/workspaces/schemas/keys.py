"""Keys on the wire."""

from datetime import UTC, datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from app.kit.fields import WRITTEN
from app.kit.pages import Paged
from app.settings import MOST_PER_MINUTE
from app.values import KeyScope
from app.workspaces.rules import Caller, Defaults, IssuedKey, KeyTerms, StoredKey
from app.workspaces.schemas.defaults import DEFAULTS_EXAMPLE, KeyDefaultsIn, KeyDefaultsOut
from app.workspaces.schemas.workspace import Name

Language = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)
]


def in_future(moment: datetime) -> datetime:
    """In UTC. Raises ValueError for what is past, or beyond the calendar."""
    try:
        utc = moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("this is beyond the calendar") from None
    if utc <= datetime.now(UTC):
        raise ValueError("this is past already")
    return utc


PER_MINUTE = "Requests of this key; null: as many as the service gives every key, 0: no limit."
Future = Annotated[AwareDatetime, AfterValidator(in_future), WRITTEN]


class KeyIn(BaseModel):
    """A key to make."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"name": "Zapier", "scope": "write", "owner": "Ann Example", "language": "en"}
            ]
        },
    )

    name: Name
    scope: KeyScope = KeyScope.WRITE
    owner: Name | None = None
    language: Language | None = None
    defaults: KeyDefaultsIn | None = None
    expires_at: Future | None = None
    rate_limit_per_minute: int | None = Field(
        strict=True, default=None, ge=0, le=MOST_PER_MINUTE, description=PER_MINUTE
    )

    def to_terms(self) -> KeyTerms:
        return KeyTerms(
            self.name,
            self.scope,
            self.owner,
            self.language,
            self.defaults.to_defaults() if self.defaults else Defaults(),
            self.expires_at,
            self.rate_limit_per_minute,
        )


KEY_EXAMPLE: JsonDict = {
    "id": 3,
    "name": "Zapier",
    "prefix": "lg_x7Qf2",
    "scope": "write",
    "owner": "Ann Example",
    "language": "en",
    "defaults": DEFAULTS_EXAMPLE,
    "created_at": "2026-11-23T10:00:00Z",
    "last_used_at": None,
    "expires_at": None,
    "rate_limit_per_minute": 600,
}


class KeyOut(BaseModel):
    """A key, of which only the prefix is shown."""

    model_config = ConfigDict(json_schema_extra={"examples": [KEY_EXAMPLE]})

    id: int
    name: str
    prefix: str
    scope: KeyScope
    owner: str | None
    language: str | None
    defaults: KeyDefaultsOut
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    rate_limit_per_minute: int | None = Field(description=PER_MINUTE)

    @classmethod
    def of(cls, key: StoredKey) -> Self:
        return cls(**_key(key))


class IssuedKeyOut(KeyOut):
    """A key with its text, ``key``: shown this once, for only a hash of it is kept."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [KEY_EXAMPLE | {"key": "lg_x7Qf2…"}]},
    )

    key: str

    @classmethod
    def issued(cls, issued: IssuedKey) -> Self:
        return cls(**_key(issued.stored), key=issued.text)


class KeysOut(BaseModel):
    """A page of the keys that were not revoked, newest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"data": [KEY_EXAMPLE], "next_cursor": None}]}
    )

    data: list[KeyOut]
    next_cursor: str | None

    @classmethod
    def of(cls, page: Paged[StoredKey]) -> Self:
        return cls(data=[KeyOut.of(key) for key in page.rows], next_cursor=page.next_cursor)


class RevokedOut(BaseModel):
    """The key is answered 401 from now on."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"ok": True}]})

    ok: bool = True

    @classmethod
    def of(cls, _: None) -> Self:
        return cls()


class MyWorkspaceOut(BaseModel):
    """The tenant: everything that the key sees is in it."""

    id: int
    name: str


class MyKeyOut(BaseModel):
    """The key that asks."""

    id: int
    name: str
    scope: KeyScope
    owner: str | None
    language: str | None
    defaults: KeyDefaultsOut
    rate_limit_per_minute: int | None = Field(description=PER_MINUTE)


class MeOut(BaseModel):
    """Whose key this is, and what it may do."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "workspace": {"id": 1, "name": "Default"},
                    "key": {
                        "id": 3,
                        "name": "Zapier",
                        "scope": "write",
                        "owner": "Ann Example",
                        "language": "en",
                        "defaults": DEFAULTS_EXAMPLE,
                        "rate_limit_per_minute": 600,
                    },
                }
            ]
        }
    )

    workspace: MyWorkspaceOut
    key: MyKeyOut

    @classmethod
    def of(cls, caller: Caller) -> Self:
        return cls(
            workspace=MyWorkspaceOut(id=caller.workspace_id, name=caller.workspace_name),
            key=MyKeyOut(
                id=caller.key_id,
                name=caller.key_name,
                scope=caller.scope,
                owner=caller.owner,
                language=caller.language,
                defaults=KeyDefaultsOut.of(caller.defaults),
                rate_limit_per_minute=caller.rate_limit_per_minute,
            ),
        )


def _key(key: StoredKey) -> dict[str, Any]:
    terms = key.terms
    return {
        "id": key.id,
        "name": terms.name,
        "prefix": key.prefix,
        "scope": terms.scope,
        "owner": terms.owner,
        "language": terms.language,
        "defaults": KeyDefaultsOut.of(terms.defaults),
        "created_at": key.created_at,
        "last_used_at": key.last_used_at,
        "expires_at": terms.expires_at,
        "rate_limit_per_minute": terms.rate_limit_per_minute,
    }
