"""The suppression lists: SmartLead's block list, unsubscribes, do-not-contact."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.campaigns.errors import CampaignNotFound
from app.campaigns.repository import CampaignRepository
from app.campaigns.schemas.fields import Campaign, Client
from app.deps import (
    AdminUnit,
    ArrayPageParams,
    KeyedRoute,
    PageParams,
    Reader,
    ReadTx,
    WriteUnit,
    problems,
)
from app.kit.fields import Offset, Text
from app.kit.pages import NEXT_PAGE, Cursor, InvalidCursor, Page, Paged, next_headers
from app.kit.problems import InvalidRequest
from app.suppression import operations
from app.suppression.errors import NoValidEntry, ProtectedEntry, SuppressionNotFound
from app.suppression.repository import SuppressionRepository
from app.suppression.rules import Entry, Listed, Reach, Wanted, searched, would_stop
from app.suppression.schemas import (
    BlockDomainsIn,
    BlockDomainsOut,
    BlockLeadsIn,
    BlockListOut,
    EntryId,
    LiftIn,
    LiftOut,
    SuppressIn,
    SuppressionsOut,
    SuppressOut,
    UnblockOut,
)
from app.values import SuppressionKind

router = APIRouter(tags=["Suppression"], route_class=KeyedRoute)

CURSORS = {kind: Cursor(kind, int) for kind in SuppressionKind}
OfCampaign = Annotated[Campaign | None, Query(description="Of this campaign only.")]
OfClient = Annotated[Client | None, Query(description="Of this client only.")]
Stopping = Annotated[
    Text | None, Query(description="An address or a domain: the entries that would stop it.")
]


@router.post("/leads/add-domain-block-list", responses=problems(NoValidEntry))
async def add_domain_block_list(body: BlockDomainsIn, unit: WriteUnit) -> BlockDomainsOut:
    """Block addresses and domains: `x.com` stops that domain alone, `*.x.com` it and all below.

    Up to 10,000 a call. Entries that are neither are named in `invalid` and the others go in; when
    there is no other, the answer is a 422. What is on the list already stays as it is.
    """
    return await unit.run(
        operations.add_entries,
        SuppressionKind.BLOCK,
        body.given(),
        body.reach(),
        answer=BlockDomainsOut.of,
    )


@router.post("/leads/block-list", responses=problems(NoValidEntry))
async def block_leads(body: BlockLeadsIn, unit: WriteUnit) -> SuppressOut:
    """Block people by address, and domains, in all campaigns."""
    return await unit.run(
        operations.add_entries,
        SuppressionKind.BLOCK,
        body.given(),
        body.reach(),
        answer=SuppressOut.of,
    )


@router.get("/leads/get-domain-block-list", responses=problems(InvalidCursor) | NEXT_PAGE)
async def get_domain_block_list(
    caller: Reader,
    tx: ReadTx,
    page: ArrayPageParams,
    request: Request,
    response: Response,
    offset: Offset = 0,
    filter_email_or_domain: Annotated[
        Text | None, Query(description="Entries that contain this text.")
    ] = None,
    filter_email_with_domain: Stopping = None,
    filter_client_id: OfClient = None,
) -> BlockListOut:
    """List the block list, newest first; the next page is in `Link` and `X-Next-Cursor`."""
    listed = Listed(
        searched(filter_email_or_domain) if filter_email_or_domain else None,
        stopping("filter_email_with_domain", filter_email_with_domain),
        Reach(client_id=filter_client_id),
    )
    repository = SuppressionRepository(tx, caller.workspace_id)
    found = await read(repository, SuppressionKind.BLOCK, listed, page, offset)
    response.headers.update(next_headers(request.url, found.next_cursor))
    return BlockListOut.of(found)


@router.delete(
    "/leads/delete-domain-block-list", responses=problems(SuppressionNotFound, ProtectedEntry)
)
async def delete_domain_block_list(
    id: Annotated[EntryId, Query(description="The entry's id.")],  # noqa: A002  # SmartLead's name
    unit: AdminUnit,
) -> UnblockOut:
    """Lift an operator's entry of the block list; one that a person made stays (409)."""
    wanted = Wanted(ids=[id])
    return await unit.run(
        operations.lift_entries, SuppressionKind.BLOCK, wanted, answer=UnblockOut.of
    )


@router.get("/unsubscribes", responses=problems(CampaignNotFound, InvalidCursor))
async def list_unsubscribes(
    caller: Reader,
    tx: ReadTx,
    page: PageParams,
    email: Stopping = None,
    campaign_id: OfCampaign = None,
    client_id: OfClient = None,
) -> SuppressionsOut:
    """List who unsubscribed, newest first: from the workspace, or from one campaign."""
    where = Reach(campaign_id, client_id)
    if where.campaign_id is not None:
        await CampaignRepository(tx, caller.workspace_id).get(where.campaign_id)
    repository = SuppressionRepository(tx, caller.workspace_id)
    listed = Listed(any_of=stopping("email", email), reach=where)
    found = await read(repository, SuppressionKind.UNSUBSCRIBE, listed, page)
    return SuppressionsOut.of(found)


@router.post("/unsubscribes", responses=problems(CampaignNotFound, NoValidEntry))
async def add_unsubscribes(body: SuppressIn, unit: WriteUnit) -> SuppressOut:
    """Bring unsubscribes along: of the workspace, of a campaign or of a client's campaigns.

    Up to 10,000 a call; entries that are no addresses are named in `invalid`.
    """
    return await unit.run(
        operations.add_entries,
        SuppressionKind.UNSUBSCRIBE,
        body.given(),
        body.reach(),
        answer=SuppressOut.of,
    )


@router.delete(
    "/unsubscribes", responses=problems(CampaignNotFound, SuppressionNotFound, ProtectedEntry)
)
async def lift_unsubscribes(body: LiftIn, unit: AdminUnit) -> LiftOut:
    """Lift operators' unsubscribes: all that are found, or none if a person made one of them."""
    return await unit.run(
        operations.lift_entries, SuppressionKind.UNSUBSCRIBE, body.wanted(), answer=LiftOut.of
    )


@router.get("/do-not-contact", responses=problems(InvalidCursor))
async def list_do_not_contact(
    caller: Reader, tx: ReadTx, page: PageParams, email: Stopping = None
) -> SuppressionsOut:
    """List who must never be contacted, newest first."""
    repository = SuppressionRepository(tx, caller.workspace_id)
    listed = Listed(any_of=stopping("email", email))
    found = await read(repository, SuppressionKind.DO_NOT_CONTACT, listed, page)
    return SuppressionsOut.of(found)


@router.post("/do-not-contact", responses=problems(CampaignNotFound, NoValidEntry))
async def add_do_not_contact(body: SuppressIn, unit: WriteUnit) -> SuppressOut:
    """Never contact these people again. Holds in every campaign, whatever `campaign_id` says."""
    return await unit.run(
        operations.add_entries,
        SuppressionKind.DO_NOT_CONTACT,
        body.given(),
        body.reach(),
        answer=SuppressOut.of,
    )


@router.delete(
    "/do-not-contact", responses=problems(CampaignNotFound, SuppressionNotFound, ProtectedEntry)
)
async def lift_do_not_contact(body: LiftIn, unit: AdminUnit) -> LiftOut:
    """Lift operators' entries: all that are found, or none if a person made one of them."""
    return await unit.run(
        operations.lift_entries, SuppressionKind.DO_NOT_CONTACT, body.wanted(), answer=LiftOut.of
    )


async def read(
    repository: SuppressionRepository,
    kind: SuppressionKind,
    listed: Listed,
    page: Page,
    offset: int = 0,
) -> Paged[Entry]:
    """One page of a list. Raises InvalidCursor."""
    after = page.after(CURSORS[kind])
    before = after[0] if after else None
    entries = await repository.page(
        kind, listed, before=before, limit=page.limit + 1, offset=offset
    )
    return page.cut(entries, CURSORS[kind], lambda entry: (entry.id,))


def stopping(parameter: str, text: str | None) -> list[str] | None:
    """The entries that would stop what the parameter names. Raises InvalidRequest."""
    if not text:
        return None
    entries = would_stop(text)
    if entries is None:
        where = f"query/{parameter}"
        detail = "Neither an email address nor a domain."
        error = {"pointer": where, "code": "invalid_entry", "detail": detail}
        raise InvalidRequest(f"{where}: {detail}", errors=[error])
    return entries
