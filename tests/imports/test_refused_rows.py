"""Rows that another import refused, tried again."""

from collections.abc import Awaitable, Callable

import pytest

from app.kit.resources import Resources
from tests.client import Tenant
from tests.consistency import offenders
from tests.imports.batches import shown
from tests.imports.sources import asked, drafted, members, started
from tests.imports.test_files import imported

Work = Callable[[], Awaitable[int]]


@pytest.fixture(autouse=True)
async def no_jobs(resources: Resources) -> None:
    await resources.database.fetch("delete from jobs")


async def test_refused_rows_of_a_file_are_tried_again_by_a_better_mapping(
    tenant: Tenant, resources: Resources, work: Work
) -> None:
    campaign_id = await tenant.campaign()
    rows = ("cy@,cy@example.com,Cy", "ann@example.com,,Ann", ",dora@example.com,D", "x,y,z,q")
    text = "\n".join(["Mail,Kontakt,Name", *rows])
    mapping = {"Mail": "email", "Name": "first_name"}
    first = await imported(tenant, campaign_id, text, mapping=mapping)
    await work()
    codes = ["invalid_email", "missing_email"]
    source = {"import_id": first["id"], "codes": codes}
    draft = await drafted(tenant, campaign_id, refused=source)
    assert draft["source"] == "refused"
    assert draft["selection"] == {**source, "run": 1}
    assert draft["settings"]["mapping"] == {**mapping, "Kontakt": None}
    assert draft["preview"]["rows"] == [
        ["cy@", "cy@example.com", "Cy"],
        ["", "dora@example.com", "D"],
    ]
    assert draft["preview"]["matches"] == 2
    better = {"settings": {"mapping": {"Kontakt": "email", "Name": "first_name"}}}
    assert (await tenant.api.patch(f"/imports/{draft['id']}", json=better)).is_success
    assert (await tenant.api.post(f"/imports/{draft['id']}/start")).status_code == 202
    await work()
    done = await shown(tenant.api, f"/imports/{draft['id']}")
    assert done["by_code"] == {"added": 2}
    assert done["progress"]["rows_total"] == 2
    names = [one["lead"]["first_name"] for one in await members(tenant, campaign_id)]
    assert names == ["Ann", "Cy", "D"]
    assert not await offenders(resources, tenant.id)


async def test_who_was_active_elsewhere_is_tried_again(
    tenant: Tenant, resources: Resources, work: Work
) -> None:
    """Of a batch, of a copy, and of a trial that was refused itself."""
    first, second = await tenant.campaigns(2)
    ann = {"email": "ann@example.com", "custom_fields": {"ice": "first"}}
    await tenant.add(first, ann)
    lead = await shown(tenant.api, "/leads", email="ann@example.com")
    path = f"/campaigns/{first}/leads/{lead['id']}/status"
    assert (await tenant.api.post(path, json={"status": "IN_PROGRESS"})).is_success
    row = {"email": "ann@example.com", "first_name": "Anna"}
    batch = (await tenant.add(second, row, duplicate_scope="active"))["import_id"]
    copy = await started(
        tenant, second, {"duplicate_scope": "active"}, filter={"campaign_id": [first]}
    )
    await work()
    codes = ["in_progress_in_other_campaign"]
    active = {"duplicate_scope": "active"}
    twice = await started(tenant, second, active, refused={"import_id": copy, "codes": codes})
    await work()
    assert (await shown(tenant.api, f"/imports/{twice}"))["by_code"] == {codes[0]: 1}

    assert (await tenant.api.post(path, json={"status": "COMPLETED"})).is_success
    again = await started(tenant, second, active, refused={"import_id": twice, "codes": codes})
    await work()
    assert (await shown(tenant.api, f"/imports/{again}"))["by_code"] == {"added": 1}
    [copied] = await members(tenant, second)
    assert copied["lead"]["custom_fields"] == {"ice": "first"}
    assert copied["lead"]["first_name"] is None

    settings = {"mode": "create_and_update"}
    sent = await started(tenant, second, settings, refused={"import_id": batch, "codes": codes})
    await work()
    assert (await shown(tenant.api, f"/imports/{sent}"))["by_code"] == {"updated": 1}
    assert (await members(tenant, second))[0]["lead"]["first_name"] == "Anna"
    assert not await offenders(resources, tenant.id)


async def test_refused_leads_that_changed_meanwhile(
    tenant: Tenant, resources: Resources, work: Work
) -> None:
    """By another address they are the same; who is gone comes in as they were shown."""
    first, second = await tenant.campaigns(2)
    ann, bob = ({"email": f"{n}@example.com", "first_name": n.title()} for n in ("ann", "bob"))
    added = await tenant.add(first, ann, bob, return_lead_ids=True)
    copy = await started(
        tenant, second, {"duplicate_scope": "workspace"}, filter={"campaign_id": [first]}
    )
    await work()
    ids = added["lead_ids"]
    changed = {"email": "anna@example.com"}
    assert (await tenant.api.patch(f"/campaigns/{first}/leads/{ids[0]}", json=changed)).is_success
    for table, column in (("campaign_leads", "lead_id"), ("leads", "id")):
        await resources.database.fetch(
            f"delete from {table} where workspace_id = $1 and {column} = $2",  # noqa: S608
            tenant.id,
            ids[1],
        )
    source = {"import_id": copy, "codes": ["duplicate_in_other_campaign"]}
    again = await started(tenant, second, {"duplicate_scope": "campaign"}, refused=source)
    await work()
    assert (await shown(tenant.api, f"/imports/{again}"))["by_code"] == {"added": 2}
    found = [(one["email"], one["lead"]["first_name"]) for one in await members(tenant, second)]
    assert found == [("anna@example.com", "Ann"), ("bob@example.com", "Bob")]


async def test_only_what_has_ended_and_is_kept_is_tried_again(
    tenant: Tenant, resources: Resources, work: Work
) -> None:
    campaign_id = await tenant.campaign()
    first = await imported(tenant, campaign_id, "email\ncy@\nann@example.com")
    source = {"import_id": first["id"], "codes": ["invalid_email"]}
    answer = await asked(tenant, campaign_id, refused=source)
    assert (answer.status_code, answer.json()["code"]) == (409, "import_state")
    await work()
    draft = await drafted(tenant, campaign_id, refused=source)
    running = await started(tenant, campaign_id, refused=source)
    await resources.database.fetch(
        "update imports set finished_at = now() - interval '91 days'"
        " where workspace_id = $1 and id = $2",
        tenant.id,
        first["id"],
    )
    for refused in (
        await asked(tenant, campaign_id, refused=source),
        await tenant.api.post(f"/imports/{draft['id']}/start"),
    ):
        assert (refused.status_code, refused.json()["code"]) == (409, "ledger_expired")
    await work()
    failed = await shown(tenant.api, f"/imports/{running}")
    assert failed["state"] == "failed"
    assert failed["error"] == "The rows that were refused are not kept any longer"


async def test_what_was_no_entry_of_a_list_is_no_lead_either(tenant: Tenant, work: Work) -> None:
    """Unless somebody says where in it the addresses are."""
    campaign_id = await tenant.campaign()
    answer = await tenant.api.post(
        "/suppressions/imports",
        files={"file": ("list.csv", b"Entry,Mail\nbad.com,a@bad.com\nno entry,ann@example.com")},
        data={"settings": '{"kind": "block", "start": true, "mapping": {"Entry": "entry"}}'},
    )
    await work()
    source = {"import_id": answer.json()["id"], "codes": ["invalid_email"]}
    refused = await asked(tenant, campaign_id, refused=source, settings={"start": True})
    assert (refused.status_code, refused.json()["code"]) == (422, "mapping_refused")
    mapping = {"mapping": {"Mail": "email"}}
    import_id = await started(tenant, campaign_id, mapping, refused=source)
    await work()
    assert (await shown(tenant.api, f"/imports/{import_id}"))["by_code"] == {"added": 1}
