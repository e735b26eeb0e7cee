"""Every list, with cursors that lie and limits that nobody means."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI

from app.kit.fields import BIGGEST
from app.kit.pages import Cursor
from tests.client import Tenant
from tests.process.test_canary import at, operations, some
from tests.process.test_routes import API

LISTS: dict[str, tuple[Any, ...]] = {
    "/audit": ("audit", int),
    "/campaigns": ("campaigns", int),
    "/campaigns/all-leads-activities": ("activity", int, int),
    "/campaigns/{campaign_id}/leads": ("campaign-leads", int),
    "/campaigns/{campaign_id}/leads/{lead_id}/activity": ("lead-activity", datetime, int),
    "/do-not-contact": ("do_not_contact", int),
    "/imports": ("imports", int),
    "/imports/{import_id}/breakdown": ("breakdown-campaign", int, str),
    "/imports/{import_id}/rows": ("ledger", int),
    "/keys": ("keys", int),
    "/leads/all": ("leads", int),
    "/leads/get-domain-block-list": ("block", int),
    "/leads/global-leads": ("leads", int),
    "/leads/{lead_id}/campaigns": ("campaigns-of-lead", int),
    "/pushes/{push_name}/breakdown": ("breakdown-campaign", int, str),
    "/unsubscribes": ("unsubscribe", int),
    "/validation/overrides": ("overrides", str, str),
}
"""What their cursors hold."""
EDGES: dict[type, list[Any]] = {
    int: [-BIGGEST, 0, BIGGEST],
    str: ["", "a", "\U0010ffff" * 100],
    datetime: [
        datetime.min.replace(tzinfo=UTC),
        datetime(2026, 11, 24, tzinfo=UTC),
        datetime.max.replace(tzinfo=UTC),
    ],
}
WRONG = (None, "text", 1.5, True, BIGGEST + 1, [0], {"a": 0})
NO_CURSORS = ("x", "0" * 5000, "=" * 8, "ö" * 8, "\0" * 8, "AAAAAAAAAAAA")


def lists(app: FastAPI) -> Iterator[tuple[str, set[str]]]:
    """The path of each, and its parameters."""
    for method, path, operation in operations(app):
        names = {one["name"] for one in operation.get("parameters", [])}
        if method == "GET" and "cursor" in names:
            yield path.removeprefix(API), names


def test_every_list_is_known_here(app: FastAPI) -> None:
    assert sorted(path for path, _ in lists(app)) == sorted(LISTS)


async def test_a_cursor_at_the_edge_of_its_types_does_no_harm(tenant: Tenant) -> None:
    ids = await some(tenant)
    for path, (name, *types) in LISTS.items():
        for keys in zip(*(EDGES[of] for of in types), strict=True):
            cursor = Cursor(name, *types).encode(*keys)
            answer = await tenant.api.get(at(path, ids), params={"cursor": cursor})
            assert answer.status_code in {200, 422}, (path, keys)  # rows are of 32 bits


async def test_what_is_no_cursor_of_a_list_is_refused(tenant: Tenant) -> None:
    ids = await some(tenant)
    for path, (name, *types) in LISTS.items():
        of_others = Cursor("others", *types).encode(*(EDGES[of][0] for of in types))
        wrong = [one for one in WRONG if {type(one)} != set(types)]
        forged = (Cursor(name, *types).encode(*[one] * len(types)) for one in wrong)
        for cursor in (*NO_CURSORS, of_others, *forged):
            answer = await tenant.api.get(at(path, ids), params={"cursor": cursor})
            expected = (422, "invalid_request") if "\0" in cursor else (400, "invalid_cursor")
            assert (answer.status_code, answer.json()["code"]) == expected, (path, cursor)


async def test_a_cursor_of_another_workspace_shows_nothing_of_it(
    tenant: Tenant, other: Tenant
) -> None:
    for one in (tenant, other, tenant, other):
        await one.campaign()
    cursor = (await other.api.get("/campaigns", params={"limit": 1})).headers["x-next-cursor"]
    behind = (await tenant.api.get("/campaigns", params={"cursor": cursor})).json()
    everything = (await tenant.api.get("/campaigns")).json()
    assert behind
    assert [campaign for campaign in behind if campaign not in everything] == []


async def test_a_limit_is_between_1_and_1000(app: FastAPI, tenant: Tenant) -> None:
    ids = await some(tenant)
    for path, names in lists(app):
        for limit in ("0", "-1", "1001", "1e9", "9" * 30, "x", "1.5"):
            answer = await tenant.api.get(at(path, ids), params={"limit": limit})
            errors = answer.json()["errors"]
            assert (answer.status_code, errors[0]["pointer"]) == (422, "query/limit"), path
        assert (await tenant.api.get(at(path, ids), params={"limit": ""})).status_code == 200
        for offset in (BIGGEST, BIGGEST + 1, -1) if "offset" in names else ():
            answer = await tenant.api.get(at(path, ids), params={"offset": offset})
            assert answer.status_code in ({200, 422} if offset == BIGGEST else {422}), path
