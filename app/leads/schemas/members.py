"""The list of a campaign's leads, on the wire."""

from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from app.kit.pages import Paged
from app.leads.operations.reading import Total
from app.leads.rules.records import Member
from app.leads.rules.vocabulary import Wording, smartlead_word
from app.leads.schemas import examples
from app.leads.schemas.leads import LeadOut
from app.leads.schemas.validation import ValidationOut


class CampaignLeadOut(BaseModel):
    """A lead in a campaign; SmartLead's members first, then ours."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.MEMBER]})

    campaign_lead_map_id: int
    lead_category_id: int | None
    status: str = Field(description="In the request's vocabulary, or the word it filtered by.")
    created_at: datetime
    lead: LeadOut
    smartlead_status: str
    company_name: str | None
    email: str
    current_step: int = Field(description="The last step that was sent; 0 before the first.")
    total_steps: int
    step: str | None = Field(description="`Step 2 of 3`.")
    validation: ValidationOut | None = Field(description="Null while it was not checked yet.")
    tags: list[str]
    source: str | None
    import_id: int | None = Field(description="The import that brought them.")
    import_row: int | None = Field(description="Which of its rows; the first is 1.")
    notes: str | None
    resume_at: datetime | None
    contacted_at: datetime | None
    replied_at: datetime | None
    last_activity_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, member: Member, wording: Wording) -> Self:
        return cls(
            campaign_lead_map_id=member.map_id,
            lead_category_id=member.category_id,
            status=wording.word(member.status),
            created_at=member.created_at,
            lead=LeadOut.of(member.lead),
            smartlead_status=smartlead_word(member.status),
            company_name=member.lead.fields["company_name"],
            email=member.lead.email,
            current_step=member.step,
            total_steps=member.total_steps,
            step=member.step_label,
            validation=member.validation and ValidationOut.of(member.validation),
            tags=list(member.tags),
            source=member.source,
            import_id=member.import_id,
            import_row=member.row_no,
            notes=member.notes,
            resume_at=member.resume_at,
            contacted_at=member.contacted_at,
            replied_at=member.replied_at,
            last_activity_at=member.last_activity_at,
            updated_at=member.updated_at,
        )


class CampaignLeadsOut(BaseModel):
    """SmartLead API, leads of a campaign."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.MEMBERS]})

    total_leads: str = Field(description="Who passes the filter, on all pages.", examples=["42"])
    total_is_exact: bool = Field(description="False when counting stopped at 100,000.")
    offset: int
    limit: int
    next_cursor: str | None
    data: list[CampaignLeadOut]

    @classmethod
    def of(
        cls, page: Paged[Member], total: Total, offset: int, limit: int, wording: Wording
    ) -> Self:
        return cls(
            total_leads=str(total.n),
            total_is_exact=total.is_exact,
            offset=offset,
            limit=limit,
            next_cursor=page.next_cursor,
            data=[CampaignLeadOut.of(member, wording) for member in page.rows],
        )


class MessageOut(BaseModel):
    """A mail of a conversation, as SmartLead tells of it."""

    type: str
    message_id: str
    stats_id: str
    time: datetime
    email_body: str
    subject: str
    email_seq_number: str
    open_count: int
    click_count: int
    click_details: dict[str, Any]


class MessageHistoryOut(BaseModel):
    """The mails between a sender (`from`) and a lead (`to`), oldest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.MESSAGES]})

    history: list[MessageOut]
    sender: str | None = Field(serialization_alias="from")
    to: str
