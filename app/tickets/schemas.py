"""Tickets on the wire."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from app.tickets.rules import IssuedTicket

EXAMPLE = "tk_1_7_pS5Pnq0XfvGkqsKzNnX3N1L2N1tUxq3H2Z1mJvL0aBc"


class TicketOut(BaseModel):
    """What stands for a key in the address of one stream."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "ticket": EXAMPLE,
                    "url": f"/api/v1/imports/12/events?ticket={EXAMPLE}",
                    "open_before": "2026-11-23T09:01:00Z",
                }
            ]
        }
    )

    ticket: str
    url: str = Field(description="For `new EventSource(url)`, below the service's address.")
    open_before: datetime = Field(
        description="Once it is open, it opens the same stream again for a day."
    )

    @classmethod
    def of(cls, issued: IssuedTicket) -> "TicketOut":
        ticket = str(issued.ticket)
        return cls(
            ticket=ticket, url=f"{issued.path}?ticket={ticket}", open_before=issued.open_before
        )
