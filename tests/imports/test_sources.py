"""What all sources of an import have in common."""

from typing import Any

from tests.client import Tenant
from tests.imports.sources import asked, drafted


async def test_what_another_workspace_has_is_not_there(tenant: Tenant, other: Tenant) -> None:
    theirs = await other.campaign()
    added = await other.add(theirs, "ann@example.com", "cy@", return_lead_ids=True)
    campaign_id = await tenant.campaign()
    refused = {"import_id": added["import_id"], "codes": ["invalid_email"]}
    cases: list[tuple[dict[str, Any], str]] = [
        ({"filter": {"campaign_id": [campaign_id, theirs]}}, "campaign_not_found"),
        ({"pipeline": {"lead_ids": added["lead_ids"]}}, "lead_not_found"),
        ({"refused": refused}, "import_not_found"),
        ({"upload_id": 1}, "upload_not_found"),
    ]
    for source, code in cases:
        answer = await asked(tenant, campaign_id, **source)
        assert (answer.status_code, answer.json()["code"]) == (404, code), source
        answer = await asked(tenant, theirs, **source)
        assert (answer.status_code, answer.json()["code"]) == (404, "campaign_not_found"), source
    everybody = await drafted(tenant, campaign_id, filter={"all": True})
    assert everybody["preview"]["matches"] == 0
