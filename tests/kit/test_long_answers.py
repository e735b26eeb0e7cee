"""Of an answer beyond 1 MiB the long lists are not kept; what it did is still done once."""

from typing import Any

import httpx

from app.kit.repeats import HEADER, MAX_KEPT_BYTES, REPLAYED
from app.kit.resources import Resources
from tests.client import Tenant
from tests.imports.batches import rows_everywhere
from tests.make import batch, people

TAGS = [f"{n:03}" + "x" * 190 for n in range(20)]
LONG_NAMES = ["x" * 995 + f"{n:05}" for n in range(1_200)]


async def twice(api: httpx.AsyncClient, method: str, path: str, body: Any) -> list[Any]:
    """Both answers; the first is too long to be kept."""
    key = {HEADER: path}
    answers = [await api.request(method, path, json=body, headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200], answers[0].text[:500]
    assert len(answers[0].content) > MAX_KEPT_BYTES
    return [answer.json() | {"replayed": REPLAYED in answer.headers} for answer in answers]


async def test_a_batch_points_to_its_import(tenant: Tenant) -> None:
    await tenant.add(await tenant.campaign(), *people(390), tags=TAGS)
    path = f"/campaigns/{await tenant.campaign()}/leads"
    sent = batch(*people(395), "x@", return_lead_ids=True)
    first, second = await twice(tenant.api, "POST", path, sent)
    assert second == first | {
        "replayed": True,
        "invalid_emails": [],
        "skipped_leads": [],
        "emailToLeadIdMap": {
            "newlyAddedLeads": {},
            "existingLeads": {},
            "existingLeadsInOtherCampaigns": {},
        },
        "warnings": [
            *first["warnings"],
            {
                "code": "answer_shortened",
                "detail": "Left out here: the rows, which are at"
                f" /api/v1/imports/{first['import_id']}/rows.",
                "campaign_id": None,
                "campaign_name": None,
                "send_instead": None,
            },
        ],
    }
    assert (first["added_count"], first["skipped_count"], len(second["lead_ids"])) == (5, 391, 5)


async def test_a_dry_run_and_a_check_are_asked_again(tenant: Tenant, resources: Resources) -> None:
    await tenant.add(await tenant.campaign(), *people(390), tags=TAGS)
    campaign = await tenant.campaign()
    dry = batch(*people(390), dry_run=True)
    first, second = await twice(tenant.api, "POST", f"/campaigns/{campaign}/leads", dry)
    assert (second, second["replayed"]) == (first, False)
    rows = [{"email": row["email"]} for row in people(390)]
    first, second = await twice(tenant.api, "POST", "/check", {"rows": rows})
    assert (second["data"], second["replayed"]) == (first["data"], False)
    assert (await rows_everywhere(resources, tenant))["idempotency_keys"] == 0


async def test_lists_name_the_first_that_are_no_entries(tenant: Tenant) -> None:
    for path, listed in (
        ("/leads/add-domain-block-list", "domain_block_list"),
        ("/unsubscribes", "emails"),
    ):
        entries = [*LONG_NAMES, "example.org"]
        first, second = await twice(tenant.api, "POST", path, {listed: entries})
        assert len(first["invalid"]) == len(LONG_NAMES)
        assert second == first | {"replayed": True, "invalid": first["invalid"][:100]}


async def test_lifting_names_the_first_that_were_not_found(tenant: Tenant) -> None:
    await tenant.api.post("/unsubscribes", json={"emails": ["ann@example.com"]})
    entries = ["ann@example.com", *LONG_NAMES]
    first, second = await twice(tenant.api, "DELETE", "/unsubscribes", {"emails": entries})
    assert (first["deleted_count"], len(first["not_found"])) == (1, len(LONG_NAMES))
    assert second == first | {"replayed": True, "not_found": first["not_found"][:100]}
