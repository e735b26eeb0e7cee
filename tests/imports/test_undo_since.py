"""Undone imports leave those to whom something has happened since, and name them."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import pytest

from app.kit.resources import Resources
from tests.client import Tenant
from tests.consistency import offenders
from tests.imports.batches import suppress
from tests.imports.undoing import Work, everything, rows, totals, undone
from tests.leads.people import joined, put

ANN = "ann@x.com"
MERGE = {"mode": "create_and_update"}


class Scene(NamedTuple):
    """Ann is in the first campaign."""

    tenant: Tenant
    here: int
    there: int
    ann: int

    @property
    def path(self) -> str:
        return f"/campaigns/{self.here}/leads/{self.ann}"


def changed(**fields: Any) -> Callable[[Scene], Awaitable[None]]:
    async def change(scene: Scene) -> None:
        answer = await scene.tenant.api.patch(scene.path, json=fields)
        assert answer.status_code == 200, answer.text

    return change


async def contacted(scene: Scene) -> None:
    await put(scene.tenant.api, scene.here, scene.ann, "REPLIED")


async def paused(scene: Scene) -> None:
    await put(scene.tenant.api, scene.here, scene.ann, "PAUSED")


async def deleted(scene: Scene) -> None:
    assert (await scene.tenant.api.delete(scene.path)).is_success


async def deleted_and_back(scene: Scene) -> None:
    await deleted(scene)
    await joined(scene.tenant, scene.here, ANN)


async def entered(scene: Scene) -> None:
    await joined(scene.tenant, scene.there, ANN)


async def imported_again(scene: Scene) -> None:
    await scene.tenant.add(scene.here, {"email": ANN, "first_name": "Annie"}, **MERGE)


async def unchanged(scene: Scene) -> None:
    await scene.tenant.add(scene.here, ANN, **MERGE)


async def blocked(scene: Scene) -> None:
    await suppress(scene.tenant, "leads/block-list", ANN)


SINCE = {
    "contacted": (contacted, "contacted", "active_since"),
    "paused": (paused, "active_since", "active_since"),
    "deleted": (deleted, "gone", "gone"),
    "deleted and added again": (deleted_and_back, "gone", "active_since"),
    "in another campaign": (entered, "entered_elsewhere", "entered_elsewhere"),
    "changed": (changed(first_name="Anne"), "updated_since", "updated_since"),
    "another field": (changed(custom_fields={"x": 1}), "updated_since", "updated_since"),
    "another address": (changed(email="new@x.com"), "updated_since", "updated_since"),
    "changed by an import": (imported_again, "updated_since", "updated_since"),
    "unchanged by an import": (unchanged, "lead_removed", "restored"),
    "blocked": (blocked, "lead_removed", "restored"),
}


@pytest.mark.parametrize("since", SINCE)
@pytest.mark.parametrize("is_new", [True, False])
async def test_whom_something_has_happened_to_stays(
    tenant: Tenant,
    resources: Resources,
    work: Work,
    since: str,
    is_new: bool,
) -> None:
    """Of whom the import had brought, and of whom it had changed."""
    happens, *codes = SINCE[since]
    here, there = await tenant.campaigns(2)
    if not is_new:
        await joined(tenant, here, {"email": ANN, "first_name": "Ann"})
    sent = await tenant.add(here, {"email": ANN, "first_name": "Anna"}, "bob@x.com", **MERGE)
    [ann, bob] = [r["lead_id"] for r in await rows(tenant.api, sent["import_id"])]
    await happens(Scene(tenant, here, there, ann))
    before = await everything(resources, tenant)
    found = await undone(tenant, work, sent["import_id"])
    after = await everything(resources, tenant)
    code = codes[0] if is_new else codes[1]
    [line, other] = await rows(tenant.api, sent["import_id"])
    assert (line["undo"]["code"], other["undo"]["code"]) == (code, "lead_removed")
    if line["undo"]["outcome"] == "kept":
        assert totals(found) == {
            "removed": 1,
            "leads_removed": 1,
            "kept": 1,
            "by_reason": {code: 1},
        }
        told = f"'id': {bob}", f"'lead_id': {bob}", "counter"
        assert _without(after, *told) == _without(before, *told)
        [kept] = await rows(tenant.api, sent["import_id"], undo="kept")
        assert kept == line
    assert not await offenders(resources, tenant.id)


def _without(tables: dict[str, list[str]], *told: str) -> dict[str, list[str]]:
    return {
        name: [row for row in rows_ if not any(one in row for one in told)]
        for name, rows_ in tables.items()
    }
