"""The filter of leads on the wire."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError
from typing_extensions import TypeAliasType

from app.identity import email_identity
from app.kit.fields import BIGGEST, Moment
from app.leads.errors import UnknownStatus
from app.leads.operations.words import wording
from app.leads.rules.filters import Between, CustomCondition, CustomOp, CustomType, LeadFilter
from app.leads.rules.vocabulary import known_words
from app.values import CampaignId, LeadId, ValidationWord
from app.workspaces.rules import Caller

MOST_VALUES = 100
MOST_IDS = 10_000
NOT_YET = ("account_id",)
"""What leads do not have here yet, and a filter must not seem to ask for."""
EXAMPLE: JsonDict = {
    "campaign_id": [7],
    "status": ["COMPLETED"],
    "custom": [{"field": "employees", "op": "gte", "type": "number", "value": 50}],
}
PIPELINE_EXAMPLE: JsonDict = {"city": ["Oslo", "Bergen"], "company_size": ["11-50"]}

Word = Annotated[str, StringConstraints(min_length=1, max_length=1_000)]
WordList = TypeAliasType(
    "WordList", Annotated[list[Word], Field(min_length=1, max_length=MOST_VALUES)]
)
Id = Annotated[int, Field(ge=1, le=BIGGEST, strict=True)]
Ids = Annotated[list[Id], Field(min_length=1, max_length=MOST_VALUES)]
Steps = Annotated[
    list[Annotated[int, Field(ge=0, le=32_767, strict=True)]],
    Field(min_length=1, max_length=MOST_VALUES),
]
Validations = Annotated[list[ValidationWord], Field(min_length=1, max_length=len(ValidationWord))]
Yes = Annotated[bool, Field(strict=True)]
FilterText = Annotated[str, StringConstraints(min_length=1, max_length=10_000)]
FilterValue = TypeAliasType("FilterValue", FilterText | int | float | bool)
FilterValues = TypeAliasType(
    "FilterValues", Annotated[list[FilterValue], Field(min_length=1, max_length=MOST_VALUES)]
)
Operand = TypeAliasType("Operand", FilterValue | FilterValues)
OPS = {
    CustomType.TEXT: frozenset(CustomOp),
    CustomType.NUMBER: frozenset(CustomOp) - {CustomOp.CONTAINS},
    CustomType.DATE: frozenset(CustomOp) - {CustomOp.CONTAINS},
    CustomType.BOOLEAN: frozenset({CustomOp.EQ, CustomOp.NE, CustomOp.EXISTS}),
}


class BetweenIn(BaseModel):
    """From one moment on, before another; one of them will do."""

    model_config = ConfigDict(extra="forbid")

    gte: Moment | None = None
    lt: Moment | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if self.gte is None and self.lt is None:
            raise PydanticCustomError("no_bound", "Say gte, lt or both")
        return self

    def between(self) -> Between:
        return Between(self.gte, self.lt)


class CustomConditionIn(BaseModel):
    """What a custom field must be; who lacks it is `ne` everything.

    Text is compared in any case, a date by its day (`2026-11-27`), a number or date only where the
    field holds one. `in` takes a list, `exists` true or false.
    """

    model_config = ConfigDict(extra="forbid")

    field: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    op: CustomOp
    type: CustomType = CustomType.TEXT
    value: Operand

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.op not in OPS[self.type]:
            raise PydanticCustomError("op_of_type", "This type is not compared like that")
        if isinstance(self.value, list) is not (self.op is CustomOp.IN):
            raise PydanticCustomError("value_of_op", "A list goes with `in`, and with nothing else")
        self.condition()
        return self

    def condition(self) -> CustomCondition:
        kind = CustomType.BOOLEAN if self.op is CustomOp.EXISTS else self.type
        values = self.value if isinstance(self.value, list) else [self.value]
        return CustomCondition(
            self.field, self.op, self.type, tuple(_text(kind, value) for value in values)
        )


def _text(kind: CustomType, value: Any) -> str:
    if kind is CustomType.BOOLEAN and isinstance(value, bool):
        return "true" if value else "false"
    if kind is CustomType.NUMBER and isinstance(value, int | float) and not isinstance(value, bool):
        return str(Decimal(str(value)))
    if kind is CustomType.TEXT and not isinstance(value, bool):
        return str(value)
    if kind is CustomType.DATE and isinstance(value, str) and _is_day(value):
        return value
    raise PydanticCustomError("value_of_type", "The value is not of the condition's type")


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


class WordsIn(BaseModel):
    """What is asked of leads wherever they are chosen; words are compared in any case."""

    model_config = ConfigDict(extra="forbid")

    city: WordList | None = None
    industry: WordList | None = None
    company_size: WordList | None = None
    revenue: WordList | None = None
    all: Yes | None = Field(None, description="Needed where nothing else is asked for.")

    @model_validator(mode="after")
    def _nothing_by_accident(self) -> Self:
        if not self.all and not self.model_dump(exclude={"all"}, exclude_none=True):
            raise PydanticCustomError("empty_filter", 'Nothing is asked for; "all": true means all')
        return self

    def words(self) -> dict[str, tuple[str, ...]]:
        return {
            name: tuple(getattr(self, name) or ())
            for name in ("city", "industry", "company_size", "revenue")
        }


class PipelineIn(WordsIn):
    """Leads of the workspace that are in no campaign, or in holding ones only."""

    model_config = ConfigDict(json_schema_extra={"examples": [PIPELINE_EXAMPLE]})

    lead_ids: Annotated[list[Id], Field(min_length=1, max_length=MOST_IDS)] | None = Field(
        None, description="Of these only; they must be leads of the workspace."
    )

    def to_filter(self) -> LeadFilter:
        ids = tuple(dict.fromkeys(map(LeadId, self.lead_ids or ())))
        return LeadFilter(**self.words(), lead_ids=ids, in_pipeline=True)  # type: ignore[arg-type]


class FilterIn(WordsIn):
    """All that is given must hold; of the values in a list one.

    `status`, `step`, tags, `source` and `last_activity_at` must hold for one membership: in one of
    the campaigns of `campaign_id`, if it is given, and there `created_at` is the membership's.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    status: WordList | None = Field(None, description="In the words of any vocabulary.")
    validation: Validations | None = Field(
        None, description="What was found out about the address; `pending`: it waits to be checked."
    )
    step: Steps | None = Field(None, description="The last step that was sent; 0 before the first.")
    tags_any: WordList | None = None
    tags_all: WordList | None = None
    source: WordList | None = None
    campaign_id: Ids | None = None
    country: WordList | None = None
    created_at: BetweenIn | None = None
    last_activity_at: BetweenIn | None = None
    email: Word | None = None
    email_prefix: Annotated[str, StringConstraints(min_length=1, max_length=320)] | None = None
    q: Word | None = Field(None, description="Occurs in name, company or address.")
    custom: Annotated[list[CustomConditionIn], Field(min_length=1, max_length=20)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _not_yet(cls, given: Any) -> Any:
        if isinstance(given, dict) and (strange := [name for name in NOT_YET if name in given]):
            raise PydanticCustomError("not_yet", f"Leads have no {strange[0]} here yet")
        return given

    @model_validator(mode="after")
    def _is_address(self) -> Self:
        if self.email is not None and email_identity(self.email) is None:
            raise PydanticCustomError("invalid_email", "email is not an address")
        return self

    def to_filter(self, caller: Caller) -> LeadFilter:
        """Raises UnknownStatus."""
        email = email_identity(self.email) if self.email else None
        at = "/filter/status"
        statuses = wording(caller, None, self.status or (), at).statuses
        if self.status and not statuses:
            raise UnknownStatus(at, list(known_words()))
        return LeadFilter(
            **self.words(),  # type: ignore[arg-type]
            status=tuple(sorted(statuses)),
            validation=tuple(self.validation or ()),
            step=tuple(self.step or ()),
            tags_any=tuple(self.tags_any or ()),
            tags_all=tuple(self.tags_all or ()),
            source=tuple(self.source or ()),
            campaign_id=tuple(dict.fromkeys(map(CampaignId, self.campaign_id or ()))),
            country=tuple(self.country or ()),
            created_at=self.created_at.between() if self.created_at else None,
            last_activity_at=self.last_activity_at.between() if self.last_activity_at else None,
            email=email.key if email else None,
            email_prefix=self.email_prefix.lower() if self.email_prefix else None,
            q=self.q,
            custom=tuple(one.condition() for one in self.custom or ()),
        )
