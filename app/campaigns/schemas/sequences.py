"""A campaign's sequence on the wire."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import (
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    RootModel,
    model_validator,
)
from typing_extensions import TypeAliasType

from app.campaigns.rules import Step, StoredStep
from app.campaigns.schemas import examples
from app.campaigns.schemas.fields import check_size
from app.kit.fields import AN_INTEGER, Days, IntegerText, SentAs
from app.values import CampaignId

MAX_STEPS = 100


class DelayIn(BaseModel):
    """How long after the step before."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, JsonValue]

    delay_in_days: Days = Field(
        default_factory=int,
        validation_alias=AliasChoices("delay_in_days", "delayInDays"),
    )

    @model_validator(mode="before")
    @classmethod
    def _one_word(cls, given: Any) -> Any:
        """Our own answer carries the days under both names."""
        if isinstance(given, dict) and "delay_in_days" in given:
            return {name: value for name, value in given.items() if name != "delayInDays"}
        return given


NULL_IS_EMPTY = BeforeValidator(lambda value: "" if value is None else value)
SubjectText = Annotated[str, Field(max_length=1000)]
BodyText = Annotated[str, Field(max_length=200_000)]
Subject = Annotated[SubjectText, NULL_IS_EMPTY, SentAs(SubjectText | None)]
Body = Annotated[BodyText, NULL_IS_EMPTY, SentAs(BodyText | None)]
StepNumberOrText = TypeAliasType(
    "StepNumberOrText", Annotated[int, Field(ge=1, le=1000)] | IntegerText
)
StepNumber = Annotated[int, Field(ge=1, le=1000), AN_INTEGER, SentAs(StepNumberOrText)]


class StepIn(BaseModel):
    """A mail of the sequence. Members that we do not know are stored and echoed."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, JsonValue]

    seq_number: StepNumber = Field(examples=[1])
    seq_delay_details: DelayIn | None = None
    subject: Subject = Field(default="", examples=["Hello {{first_name}}"])
    email_body: Body = ""

    @model_validator(mode="after")
    def _not_too_much(self) -> Self:
        check_size(self.model_extra)
        check_size(self.delay.model_extra)
        return self

    @property
    def delay(self) -> DelayIn:
        return self.seq_delay_details or DelayIn()

    def to_step(self) -> Step:
        extra = {k: v for k, v in (self.model_extra or {}).items() if k not in NOT_EXTRA}
        if self.delay.model_extra:
            extra["seq_delay_details"] = self.delay.model_extra
        return Step(self.seq_number, self.delay.delay_in_days, self.subject, self.email_body, extra)


class SequencesIn(BaseModel):
    """The whole sequence: steps that are not in it are removed."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "sequences": [
                        {
                            "seq_number": 1,
                            "seq_delay_details": {"delay_in_days": 0},
                            "subject": "Hello {{first_name}}",
                            "email_body": "<p>{{icebreaker}}</p>",
                        }
                    ]
                }
            ]
        },
    )

    sequences: list[StepIn] = Field(max_length=MAX_STEPS)

    @model_validator(mode="after")
    def _each_number_once(self) -> Self:
        numbers = [step.seq_number for step in self.sequences]
        if len(numbers) != len(set(numbers)):
            raise ValueError("two steps have the same seq_number")
        return self

    def to_steps(self) -> list[Step]:
        return [step.to_step() for step in self.sequences]


class DelayOut(BaseModel):
    """How long after the step before. `delayInDays`, as SmartLead answers, says the same."""

    model_config = ConfigDict(extra="allow")

    delay_in_days: int


class StepOut(BaseModel):
    """A mail of the sequence."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [examples.STEP]})

    id: int
    created_at: datetime
    updated_at: datetime
    email_campaign_id: int
    seq_number: int
    seq_delay_details: DelayOut
    subject: str
    email_body: str

    @classmethod
    def of(cls, campaign_id: CampaignId, stored: StoredStep) -> Self:
        step, days = stored.step, stored.step.delay_days
        delay = step.extra.get("seq_delay_details", {})
        own = {
            "id": stored.id,
            "created_at": stored.created_at,
            "updated_at": stored.updated_at,
            "email_campaign_id": campaign_id,
            "seq_number": step.seq_number,
            "seq_delay_details": delay | {"delay_in_days": days, "delayInDays": days},
            "subject": step.subject,
            "email_body": step.email_body,
        }
        return cls.model_validate(step.extra | own)


NOT_EXTRA = StepOut.model_fields.keys()
"""What a step shows of itself; clients send back what they read."""


class SequencesOut(RootModel[list[StepOut]]):
    """The steps, in their order."""

    model_config = ConfigDict(json_schema_extra={"examples": [[examples.STEP]]})

    @classmethod
    def of(cls, campaign_id: CampaignId, steps: Sequence[StoredStep]) -> Self:
        return cls([StepOut.of(campaign_id, step) for step in steps])
