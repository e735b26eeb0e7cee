"""A request with every fault at once is told of one after the other, as each is mended."""

import json
from typing import Any

import httpx

from app.kit.guard import MAX_BODY_BYTES
from tests.client import Tenant
from tests.make import people

TEXT, JSON = {"Content-Type": "text/plain"}, {"Content-Type": "application/json"}
STRANGE: dict[str, Any] = {"email": "ann@x.com", "strange": 1}
NOT_MANY: list[Any] = people(10)
MANY: list[Any] = people(400)


def written(leads: list[Any], twice: str = "") -> bytes:
    return json.dumps({"lead_list": leads}).replace('"strange": 1', '"strange": 1' + twice).encode()


async def test_each_fault_in_its_turn(api: httpx.AsyncClient, tenant: Tenant) -> None:
    path = f"/campaigns/{await tenant.campaign()}/leads"
    nowhere = "/campaigns/999999999/leads"
    everything = [{}, STRANGE, *MANY]
    repeated = written(everything, ', "strange": 2')
    requests = [
        (nowhere, b"{" + b" " * MAX_BODY_BYTES, TEXT, {"X-API-Key": "none"}),
        (nowhere, b"{" + b" " * MAX_BODY_BYTES, TEXT, {}),
        (nowhere, repeated[:-1], TEXT, {}),
        (nowhere, repeated[:-1], JSON, {}),
        (nowhere, repeated, JSON, {}),
        (nowhere, written(everything), JSON, {}),
        (nowhere, written([{}, STRANGE, *NOT_MANY]), JSON, {}),
        (nowhere, written([STRANGE, *NOT_MANY]), JSON, {}),
        (nowhere, written(NOT_MANY), JSON, {}),
        (path, written(NOT_MANY), JSON, {}),
    ]
    answers = []
    for where, body, content_type, key in requests:
        headers = content_type | ({"Authorization": ""} | key if key else {})
        answer = await api.post(where, content=body, headers=headers)
        answers.append((answer.status_code, answer.json().get("code")))
    assert answers == [
        (401, "invalid_api_key"),
        (413, "body_too_large"),
        (415, "unsupported_media_type"),
        (400, "malformed_json"),
        (400, "malformed_json"),
        (400, "batch_too_large"),
        (400, "missing_email"),
        (422, "invalid_request"),
        (404, "campaign_not_found"),
        (200, None),
    ]
