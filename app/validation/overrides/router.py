"""The lists of domains and names, as the workspace knows better."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.deps import AdminUnit, KeyedRoute, PageParams, Reader, ReadTx, problems
from app.kit.pages import Cursor, InvalidCursor
from app.validation.overrides import operations
from app.validation.overrides.errors import TooManyOverrides
from app.validation.overrides.repository import OverrideRepository
from app.validation.overrides.rules import ListName, Place
from app.validation.overrides.schemas import (
    ChangedOverridesOut,
    OverridesIn,
    OverridesOut,
    PlacesIn,
)

router = APIRouter(tags=["Validation"], route_class=KeyedRoute)

ListParam = Annotated[ListName | None, Query(alias="list", description="Of this list only.")]
OVERRIDES = Cursor("overrides", str, str)


@router.get("/validation/overrides", responses=problems(InvalidCursor))
async def list_overrides(
    caller: Reader,
    tx: ReadTx,
    page: PageParams,
    of_list: ListParam = None,
) -> OverridesOut:
    """List where the workspace differs from the shared lists, by list and entry."""
    after = page.after(OVERRIDES)
    place = Place(*after) if after else None
    repository = OverrideRepository(tx, caller.workspace_id)
    found = await repository.page(of_list, place, page.limit + 1)
    return OverridesOut.of(page.cut(found, OVERRIDES, lambda one: one.place))


@router.put("/validation/overrides", responses=problems(TooManyOverrides))
async def put_overrides(body: OverridesIn, unit: AdminUnit) -> ChangedOverridesOut:
    """Say of up to 1,000 entries whether they are on a list; once is as good as twice.

    Leads that were checked are judged again by it, without asking anybody.
    """
    return await unit.run(operations.put_overrides, body.wanted(), answer=ChangedOverridesOut.of)


@router.delete("/validation/overrides", responses=problems())
async def remove_overrides(body: PlacesIn, unit: AdminUnit) -> ChangedOverridesOut:
    """Let the shared lists hold again; what is not overridden is passed over."""
    return await unit.run(operations.remove_overrides, body.places(), answer=ChangedOverridesOut.of)
