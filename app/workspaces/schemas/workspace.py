"""A workspace and its policy on the wire."""

from dataclasses import asdict
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from app.kit.fields import NOT_BLANK, TRIMMED
from app.values import Boundary, DuplicateScope, FlagMeaning, ValidRequires
from app.workspaces.rules import Preset, Workspace

Name = Annotated[str, Field(max_length=200, json_schema_extra=NOT_BLANK), TRIMMED]
Days = Annotated[int, Field(ge=0, le=3650, strict=True)]


def absent() -> Any:
    """The default of a member that may be left out, but not be null."""


class WorkspaceIn(BaseModel):
    """What is to change; what is left out stays. A preset writes first, single fields over it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"floor": "workspace"}, {"duplicate_flag_meaning": "legacy"}]
        },
    )

    name: Name = Field(default_factory=absent)
    preset: Preset = Field(default_factory=absent)
    default_scope: DuplicateScope = Field(
        default_factory=absent, description="Speaks where neither request nor key does."
    )
    floor: DuplicateScope = Field(
        default_factory=absent,
        description="No request goes below it; `workspace` locks: nobody is let in twice, ever.",
    )
    boundary: Boundary = Field(default_factory=absent)
    duplicate_flag_meaning: FlagMeaning = Field(
        default_factory=absent,
        description="`legacy` also sets the default scope to `campaign`, unless one is named.",
    )
    recontact_after_days: Days = Field(default_factory=absent)
    protect_replied_days: Days = Field(default_factory=absent)
    workspace_lead_list: StrictBool = Field(default_factory=absent)
    move_leads: StrictBool = Field(default_factory=absent)
    export_leads: StrictBool = Field(default_factory=absent)
    require_validation_before_start: StrictBool = Field(default_factory=absent)
    confirm_deletes: StrictBool = Field(default_factory=absent)
    hold_unverified: StrictBool = Field(
        default_factory=absent, description="Nothing is sent to leads that are unverified."
    )
    check_undeliverable: StrictBool = Field(
        default_factory=absent,
        description="Rows are refused whose address bounced or was found invalid.",
    )
    valid_requires: ValidRequires = Field(
        default_factory=absent,
        description="With `mailbox`, whose domain alone was checked counts as unverified.",
    )
    validation_max_age_days: Days = Field(
        default_factory=absent,
        description="Then an address is checked again, a few at a time, but no sooner than after a"
        " week; 0: only when asked to.",
    )
    ledger_retention_days: Days = Field(
        default_factory=absent,
        description="Then the rows of an ended import are removed; 0 keeps them for ever.",
    )
    event_retention_days: Days = Field(
        default_factory=absent,
        description="Then what happened to leads is removed; 0 keeps it for ever.",
    )

    def given(self) -> dict[str, Any]:
        return self.model_dump(exclude_unset=True)


class PresetIn(BaseModel):
    """A system that people know: default scope, floor and all switches as it has them."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"preset": "ai_acquisition"}]}
    )

    preset: Preset

    def given(self) -> dict[str, Any]:
        return {"preset": self.preset}


class WorkspaceOut(BaseModel):
    """The workspace with its policy."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": 1,
                    "name": "Default",
                    "preset": "smartlead",
                    "default_scope": "workspace",
                    "floor": "campaign",
                    "boundary": "workspace",
                    "duplicate_flag_meaning": "documented",
                    "recontact_after_days": 0,
                    "protect_replied_days": 0,
                    "workspace_lead_list": True,
                    "move_leads": True,
                    "export_leads": True,
                    "require_validation_before_start": False,
                    "confirm_deletes": False,
                    "hold_unverified": False,
                    "check_undeliverable": False,
                    "valid_requires": "domain",
                    "validation_max_age_days": 0,
                    "ledger_retention_days": 90,
                    "event_retention_days": 0,
                }
            ]
        }
    )

    id: int
    name: str
    preset: Preset
    default_scope: DuplicateScope
    floor: DuplicateScope
    boundary: Boundary
    duplicate_flag_meaning: FlagMeaning
    recontact_after_days: int
    protect_replied_days: int
    workspace_lead_list: bool
    move_leads: bool
    export_leads: bool
    require_validation_before_start: bool
    confirm_deletes: bool
    hold_unverified: bool
    check_undeliverable: bool
    valid_requires: ValidRequires
    validation_max_age_days: int
    ledger_retention_days: int
    event_retention_days: int

    @classmethod
    def of(cls, workspace: Workspace) -> Self:
        return cls(id=workspace.id, name=workspace.name, **asdict(workspace.policy))
