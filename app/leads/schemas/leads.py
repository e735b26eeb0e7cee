"""People on the wire."""

from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, RootModel

from app.leads.operations.reading import Known, Total
from app.leads.rules.records import Lead, Participation
from app.leads.rules.vocabulary import Wording
from app.leads.schemas import examples


class LeadOut(BaseModel):
    """A person; SmartLead's members first, then ours."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.ANN]})

    id: int
    first_name: str | None
    last_name: str | None
    email: str = Field(description="The key by which addresses are compared.")
    phone_number: str | None
    company_name: str | None
    website: str | None
    location: str | None
    custom_fields: dict[str, Any]
    linkedin_profile: str | None
    company_url: str | None
    is_unsubscribed: bool
    unsubscribed_client_id_map: dict[str, str] = Field(
        description="The clients that the person unsubscribed from, each with the time."
    )
    email_given: str | None = Field(description="The address as it was written, if otherwise.")
    job_title: str | None
    city: str | None
    country: str | None
    industry: str | None
    company_size: str | None
    revenue: str | None
    language: str | None

    @classmethod
    def of(cls, lead: Lead) -> Self:
        return cls(**_lead(lead))


def _lead(lead: Lead) -> dict[str, Any]:
    return {
        "id": lead.id,
        "email": lead.email,
        "email_given": lead.email_given,
        **lead.fields,
        "custom_fields": lead.custom_fields,
        "is_unsubscribed": lead.is_unsubscribed,
        "unsubscribed_client_id_map": lead.unsubscribed_clients,
    }


class LeadCampaignDataOut(BaseModel):
    """One of a person's campaigns, as SmartLead tells of it."""

    campaign_lead_map_id: int
    campaign_id: int
    campaign_name: str
    client_id: int | None
    client_email: str | None
    lead_category_id: int | None
    status: str = Field(description="The membership's status.")
    import_id: int | None = Field(description="The import that brought them there.")
    import_row: int | None = Field(description="Which of its rows; the first is 1.")

    @classmethod
    def of(cls, there: Participation, wording: Wording) -> Self:
        return cls(
            campaign_lead_map_id=there.map_id,
            campaign_id=there.campaign_id,
            campaign_name=there.campaign_name,
            client_id=there.client_id,
            client_email=None,
            lead_category_id=there.category_id,
            status=wording.word(there.status),
            import_id=there.import_id,
            import_row=there.row_no,
        )


class KnownLeadOut(LeadOut):
    """A person, and the campaigns they are in."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.KNOWN]})

    created_at: datetime
    updated_at: datetime
    lead_campaign_data: list[LeadCampaignDataOut]

    @classmethod
    def known(cls, known: Known, wording: Wording) -> Self:
        return cls(
            **_lead(known.lead),
            created_at=known.lead.created_at,
            updated_at=known.lead.updated_at,
            lead_campaign_data=[
                LeadCampaignDataOut.of(there, wording) for there in known.participations
            ],
        )


class NobodyOut(BaseModel):
    """Nobody has this address."""


class FoundLeadOut(RootModel[KnownLeadOut | NobodyOut]):
    """The person, or `{}` when nobody has the address."""

    model_config = ConfigDict(
        title="FoundLeadOut", json_schema_extra={"examples": [examples.KNOWN, {}]}
    )


class LeadCampaignOut(BaseModel):
    """A campaign of a person; `status` is the campaign's."""

    id: int
    status: str
    name: str
    lead_status: str
    campaign_lead_map_id: int

    @classmethod
    def of(cls, there: Participation, wording: Wording) -> Self:
        return cls(
            id=there.campaign_id,
            status=there.campaign_status,
            name=there.campaign_name,
            lead_status=wording.word(there.status),
            campaign_lead_map_id=there.map_id,
        )


class LeadCampaignsOut(RootModel[list[LeadCampaignOut]]):
    """The campaigns of a person, oldest first."""

    model_config = ConfigDict(
        title="LeadCampaignsOut", json_schema_extra={"examples": [[examples.CAMPAIGN_OF_LEAD]]}
    )


class AllLeadsPageOut(BaseModel):
    """A page of the workspace's leads."""

    leads: list[KnownLeadOut]
    lastSeenLeadId: int | None = Field(description="To ask for the next page with.")  # noqa: N815
    totalCount: int  # noqa: N815
    total_is_exact: bool = Field(description="False when counting stopped at 100,000.")


class AllLeadsOut(BaseModel):
    """SmartLead API, all leads of the account."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.ALL]})

    ok: bool = True
    data: AllLeadsPageOut
    next_cursor: str | None

    @classmethod
    def of(
        cls, people: list[Known], total: Total, next_cursor: str | None, wording: Wording
    ) -> Self:
        page = AllLeadsPageOut(
            leads=[KnownLeadOut.known(known, wording) for known in people],
            lastSeenLeadId=people[-1].lead.id if people else None,
            totalCount=total.n,
            total_is_exact=total.is_exact,
        )
        return cls(data=page, next_cursor=next_cursor)


class GlobalCampaignOut(BaseModel):
    """One of a person's campaigns, in SmartLead's words for its global list."""

    campaign_id: int
    lead_status: str
    campaign_name: str
    lead_added_at: datetime
    campaign_status: str
    email_lead_map_id: int
    lead_last_seq_number: int

    @classmethod
    def of(cls, there: Participation, wording: Wording) -> Self:
        return cls(
            campaign_id=there.campaign_id,
            lead_status=wording.word(there.status),
            campaign_name=there.campaign_name,
            lead_added_at=there.created_at,
            campaign_status=there.campaign_status,
            email_lead_map_id=there.map_id,
            lead_last_seq_number=there.step,
        )


class GlobalLeadOut(LeadOut):
    """A person, and their campaigns in SmartLead's words for its global list."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.KNOWN_GLOBALLY]})

    created_at: datetime
    campaigns: list[GlobalCampaignOut]

    @classmethod
    def known(cls, known: Known, wording: Wording) -> Self:
        return cls(
            **_lead(known.lead),
            created_at=known.lead.created_at,
            campaigns=[GlobalCampaignOut.of(there, wording) for there in known.participations],
        )


class GlobalLeadsOut(BaseModel):
    """SmartLead API, global leads."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "data": [examples.KNOWN_GLOBALLY],
                    "skip": 0,
                    "limit": 100,
                    "hasMore": False,
                    "next_cursor": None,
                }
            ]
        }
    )

    data: list[GlobalLeadOut]
    skip: int
    limit: int
    hasMore: bool  # noqa: N815  # SmartLead's name
    next_cursor: str | None
