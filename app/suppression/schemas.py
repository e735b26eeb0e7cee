"""The suppression lists on the wire: SmartLead's shapes for the block list, ours for the others."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    RootModel,
    model_validator,
)
from pydantic.config import JsonDict

from app.campaigns.schemas.fields import OptionalCampaign, OptionalClient
from app.kit.fields import AN_INTEGER, BIGGEST, Text
from app.kit.pages import Paged
from app.suppression.errors import MOST_SHOWN
from app.suppression.operations import Lifted, Suppressed
from app.suppression.rules import Entry, Reach, Refused, Wanted
from app.values import SuppressionId, SuppressionSource

MOST_ENTRIES = 10_000
REFUSED_EXAMPLE: JsonDict = {
    "pointer": "/emails/1",
    "index": 1,
    "entry": "ann@",
    "code": "invalid_entry",
    "reason": "Neither an email address nor a domain.",
}
BLOCKED_EXAMPLE: JsonDict = {
    "id": 12,
    "email_or_domain": "*.example.com",
    "created_at": "2026-11-23T09:00:00Z",
    "source": "api",
    "client_id": None,
    "protected": False,
}
ENTRY_EXAMPLE: JsonDict = {
    "id": 13,
    "entry": "ann@example.com",
    "campaign_id": None,
    "client_id": None,
    "source": "lead",
    "protected": True,
    "created_at": "2026-11-23T09:00:00Z",
}

EntryId = Annotated[SuppressionId, Field(ge=1, le=BIGGEST), AN_INTEGER]
StrictEntryId = Annotated[SuppressionId, Field(ge=1, le=BIGGEST, strict=True)]
Texts = Annotated[list[Text], Field(max_length=MOST_ENTRIES)]


class BlockDomainsIn(BaseModel):
    """SmartLead API, add to the global block list."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"domain_block_list": ["ann@example.com", "example.org", "*.example.net"]}]
        },
    )

    domain_block_list: Texts
    client_id: OptionalClient = None

    def given(self) -> dict[str, list[str]]:
        return {"domain_block_list": self.domain_block_list}

    def reach(self) -> Reach:
        return Reach(client_id=self.client_id)


class BlockLeadsIn(BaseModel):
    """SmartLead API, block leads. Both lists take addresses and domains."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"emails": ["ann@example.com"]}]}
    )

    emails: Texts | None = None
    domains: Texts | None = None
    client_id: OptionalClient = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.emails is None and self.domains is None:
            raise ValueError("Give emails, domains or both.")
        return self

    def given(self) -> dict[str, list[str]]:
        return {"emails": self.emails or [], "domains": self.domains or []}

    def reach(self) -> Reach:
        return Reach(client_id=self.client_id)


class SuppressIn(BaseModel):
    """Addresses (or domains) that must not be written to."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"emails": ["ann@example.com"], "campaign_id": 7}]},
    )

    emails: Texts
    campaign_id: OptionalCampaign = Field(
        default=None, description="An unsubscribe of this campaign only; else of the workspace."
    )
    client_id: OptionalClient = Field(
        default=None, description="An unsubscribe that holds for this client's campaigns only."
    )

    def given(self) -> dict[str, list[str]]:
        return {"emails": self.emails}

    def reach(self) -> Reach:
        return Reach(self.campaign_id, self.client_id)


class LiftIn(BaseModel):
    """Entries to lift: the body that put them on the list, or their ids."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"emails": ["ann@example.com"]}, {"ids": [12, 13]}]},
    )

    emails: Texts | None = None
    ids: Annotated[list[StrictEntryId], Field(max_length=MOST_ENTRIES)] | None = None
    campaign_id: OptionalCampaign = None
    client_id: OptionalClient = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.emails is None) is (self.ids is None):
            raise ValueError("Give either emails or ids.")
        return self

    def wanted(self) -> Wanted:
        return Wanted(
            self.ids or (),
            self.emails or (),
            Reach(self.campaign_id, self.client_id),
        )


class RefusedEntryOut(BaseModel):
    """A text that did not go in, and where in the request it stands."""

    model_config = ConfigDict(json_schema_extra={"examples": [REFUSED_EXAMPLE]})

    pointer: str = Field(examples=["/emails/3"])
    index: int
    entry: str = Field(description="As it was given.", examples=["ann@"])
    code: str = Field(examples=["invalid_entry"])
    reason: str

    @classmethod
    def of(cls, refused: Refused) -> Self:
        return cls(
            pointer=refused.pointer,
            index=refused.index,
            entry=refused.text,
            code="invalid_entry",
            reason=refused.reason,
        )


class BlockDomainsOut(BaseModel):
    """``uploadCount`` entries were sent, ``totalDomainAdded`` of them are new on the list."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "success": True,
                    "uploadCount": 2,
                    "totalDomainAdded": 1,
                    "invalid": [{**REFUSED_EXAMPLE, "pointer": "/domain_block_list/1"}],
                }
            ]
        }
    )

    success: bool
    uploadCount: int  # noqa: N815  # SmartLead's name
    totalDomainAdded: int  # noqa: N815
    invalid: list[RefusedEntryOut] = Field(
        default=[],
        description="Only when there are any.",
        exclude_if=lambda refused: not refused,
    )

    @classmethod
    def of(cls, result: Suppressed) -> Self:
        return cls(
            success=True,
            uploadCount=result.received,
            totalDomainAdded=result.added,
            invalid=[RefusedEntryOut.of(one) for one in result.refused],
        )

    def shortened(self) -> Self:
        """With the first of those that did not go in."""
        return self.model_copy(update={"invalid": self.invalid[:MOST_SHOWN]})


class SuppressOut(BaseModel):
    """``added_count`` entries are new on the list; what was there already is not counted again."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"ok": True, "success": True, "added_count": 1, "invalid": [REFUSED_EXAMPLE]}
            ]
        }
    )

    ok: bool
    success: bool
    added_count: int
    invalid: list[RefusedEntryOut] = Field(
        default=[],
        description="Only when there are any.",
        exclude_if=lambda refused: not refused,
    )

    @classmethod
    def of(cls, result: Suppressed) -> Self:
        return cls(
            ok=True,
            success=True,
            added_count=result.added,
            invalid=[RefusedEntryOut.of(one) for one in result.refused],
        )

    def shortened(self) -> Self:
        """With the first of those that did not go in."""
        return self.model_copy(update={"invalid": self.invalid[:MOST_SHOWN]})


class LiftOut(BaseModel):
    """``not_found`` names the ids or texts that are not on the list."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"ok": True, "success": True, "deleted_count": 1, "not_found": [14]}]
        }
    )

    ok: bool
    success: bool
    deleted_count: int
    not_found: list[Annotated[int | str, Field(title="IdOrEntry")]]

    @classmethod
    def of(cls, result: Lifted) -> Self:
        return cls(
            ok=True,
            success=True,
            deleted_count=len(result.entries),
            not_found=result.not_found,
        )

    def shortened(self) -> Self:
        """With the first of those that were not found."""
        return self.model_copy(update={"not_found": self.not_found[:MOST_SHOWN]})


class UnblockOut(BaseModel):
    """The entry was lifted."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"success": True}]})

    success: bool

    @classmethod
    def of(cls, _result: Lifted) -> Self:
        return cls(success=True)


class BlockEntryOut(BaseModel):
    """An entry of the block list, in SmartLead's shape."""

    model_config = ConfigDict(json_schema_extra={"examples": [BLOCKED_EXAMPLE]})

    id: int
    email_or_domain: str = Field(examples=["*.example.com"])
    created_at: datetime
    source: SuppressionSource
    client_id: int | None
    protected: bool = Field(description="Made by the person; it cannot be deleted.")

    @classmethod
    def of(cls, entry: Entry) -> Self:
        return cls(
            id=entry.id,
            email_or_domain=entry.entry,
            created_at=entry.created_at,
            source=entry.source,
            client_id=entry.client_id,
            protected=entry.protected,
        )


class BlockListOut(RootModel[list[BlockEntryOut]]):
    """The block list, newest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [[BLOCKED_EXAMPLE]]})

    @classmethod
    def of(cls, page: Paged[Entry]) -> Self:
        return cls([BlockEntryOut.of(entry) for entry in page.rows])


class SuppressionOut(BaseModel):
    """An entry of the unsubscribe list or the do-not-contact list."""

    model_config = ConfigDict(json_schema_extra={"examples": [ENTRY_EXAMPLE]})

    id: int
    entry: str = Field(description="An address, a domain or `*.domain`.")
    campaign_id: int | None
    client_id: int | None
    source: SuppressionSource
    protected: bool = Field(description="Made by the person; it cannot be lifted.")
    created_at: datetime

    @classmethod
    def of(cls, entry: Entry) -> Self:
        return cls(
            id=entry.id,
            entry=entry.entry,
            campaign_id=entry.campaign_id,
            client_id=entry.client_id,
            source=entry.source,
            protected=entry.protected,
            created_at=entry.created_at,
        )


class SuppressionsOut(BaseModel):
    """A page of a list, newest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"data": [ENTRY_EXAMPLE], "next_cursor": None}]}
    )

    data: list[SuppressionOut]
    next_cursor: str | None

    @classmethod
    def of(cls, page: Paged[Entry]) -> Self:
        return cls(
            data=[SuppressionOut.of(entry) for entry in page.rows], next_cursor=page.next_cursor
        )
