"""The API's description: complete, valid, committed, and true."""

from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from openapi_schema_validator import OAS31Validator, oas31_format_checker
from openapi_spec_validator import OpenAPIV31SpecValidator

from app import openapi
from tests.client import Tenant

METHODS = ("get", "put", "post", "delete", "patch")
JSON, PROBLEM_JSON = "application/json", "application/problem+json"
OF_BODIES = {"400", "413", "415"}
Validator = Callable[[dict[str, Any]], Any]


@pytest.fixture(scope="module")
def document(app: FastAPI) -> dict[str, Any]:
    return app.openapi()


@pytest.fixture(scope="module")
def valid(document: dict[str, Any]) -> Validator:
    """A validator of a schema of the document."""
    within = {"components": document["components"]}
    return lambda schema: OAS31Validator(within | schema, format_checker=oas31_format_checker)


def operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        yield from (path[method] for method in METHODS if method in path)


def contents(operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What is sent and what is answered."""
    for message in (operation.get("requestBody", {}), *operation["responses"].values()):
        yield from message.get("content", {}).values()


def component(document: dict[str, Any], reference: dict[str, str]) -> dict[str, Any]:
    found = document
    for step in reference["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return found


def schemas_within(schema: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """It, and what is inside of it; what is referred to is elsewhere."""
    if isinstance(schema, list):
        for place, one in enumerate(schema):
            yield from schemas_within(one, f"{path}/{place}")
    elif isinstance(schema, dict):
        yield path, schema
        for name in schema.keys() - {"examples", "default"}:
            yield from schemas_within(schema[name], f"{path}/{name}")


def test_the_committed_file_is_current() -> None:
    assert openapi.is_current(), "run `make openapi` and commit openapi/openapi.json"


def test_it_is_valid(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_every_operation_says_what_it_is(document: dict[str, Any]) -> None:
    tags = {tag["name"] for tag in document["tags"]}
    for operation in operations(document):
        assert operation["operationId"].isidentifier()
        assert 0 < len(operation["summary"]) < 100
        assert len(operation["tags"]) == 1
        assert set(operation["tags"]) <= tags, operation["operationId"]
        assert [code for code in operation["responses"] if code.startswith("2")]
        for parameter in operation.get("parameters", []):
            assert parameter["description"], operation["operationId"]


def test_everything_sent_or_answered_has_a_name_and_an_example(document: dict[str, Any]) -> None:
    for operation in operations(document):
        for content in contents(operation):
            if content["schema"] == {"type": "string"}:  # of text there is nothing else to say
                assert content["example"], operation["operationId"]
                continue
            schema = component(document, content["schema"])
            assert schema.get("examples") or content.get("examples"), content["schema"]


def test_nothing_inside_is_anonymous(document: dict[str, Any]) -> None:
    """Generators of clients would number them: Status1, Status2."""
    parameters = {
        f"{operation['operationId']}?{parameter['name']}": parameter["schema"]
        for operation in operations(document)
        for parameter in operation.get("parameters", [])
    }
    anonymous = [
        path
        for name, schema in (document["components"]["schemas"] | parameters).items()
        for path, inner in schemas_within(schema, name)
        if path not in document["components"]["schemas"] and not is_named(inner)
    ]
    assert anonymous == []
    pairs = [name for name in document["components"]["schemas"] if name.endswith("-Input")]
    assert pairs == []


def test_integers_are_wide_enough_for_ids(document: dict[str, Any]) -> None:
    integers = [
        schema["format"]
        for _, schema in schemas_within([document["components"]["schemas"], document["paths"]], "")
        if schema.get("type") == "integer"
    ]
    assert set(integers) == {"int64"}


def test_no_union_has_a_default(document: dict[str, Any]) -> None:
    """Clients in Go would not compile."""
    named = document["components"]["schemas"]
    unions = {f"#/components/schemas/{name}" for name in named if "anyOf" in named[name]}
    assert unions
    with_default = [
        path
        for path, inner in schemas_within(named, "")
        if inner.get("$ref") in unions and "default" in inner
    ]
    assert with_default == []


def is_named(schema: dict[str, Any]) -> bool:
    """Or has no need of a name: it is no object with members, no enumeration, no union.

    An object that may be null is a union, too.
    """
    union = [one for one in schema.get("anyOf", []) if one.get("type") != "null"]
    is_union = len(union) > 1 or any(one.get("type") == "object" for one in union)
    return "properties" not in schema and (
        "title" in schema or ("enum" not in schema and not is_union)
    )


def test_every_operation_lists_its_problems(document: dict[str, Any]) -> None:
    for path, one in document["paths"].items():
        for method, operation in one.items():
            if path.startswith("/api/"):
                assert {"401", "403", "422", "429", "503"} <= operation["responses"].keys()
                takes_body = "requestBody" in operation
                assert (operation["responses"].keys() >= OF_BODIES) == takes_body, (method, path)
            for status, answer in operation["responses"].items():
                if PROBLEM_JSON in answer.get("content", {}):
                    codes = {
                        component(document, example)["value"]["code"]
                        for example in answer["content"][PROBLEM_JSON]["examples"].values()
                    }
                    assert codes == set(answer["description"].split(", "))
                    assert int(status) in set(HTTPStatus)


def test_examples_are_what_their_schemas_say(document: dict[str, Any], valid: Validator) -> None:
    wrong = [
        f"{name} {error.json_path}: {error.message}"
        for name, schema in document["components"]["schemas"].items()
        for example in schema.get("examples", [])
        for error in valid({"$ref": f"#/components/schemas/{name}"}).iter_errors(example)
    ]
    assert wrong == []
    problem = valid({"$ref": "#/components/schemas/Problem"})
    for name, example in document["components"]["examples"].items():
        assert list(problem.iter_errors(example["value"])) == [], name


def test_any_key_will_do_where_one_is_asked_for(document: dict[str, Any]) -> None:
    assert document["security"] == [{"Bearer": []}, {"ApiKeyHeader": []}, {"ApiKeyQuery": []}]
    open_paths = {
        path
        for path, one in document["paths"].items()
        for operation in one.values()
        if operation.get("security") == []
    }
    assert open_paths == {"/health/live", "/health/ready"}


class Walk:
    """A client that believes no answer but what the description says of it."""

    def __init__(self, api: httpx.AsyncClient, document: dict[str, Any], valid: Validator) -> None:
        self._api, self._document, self._valid = api, document, valid

    async def __call__(
        self, operation_id: str, body: Any = None, /, **params: Any
    ) -> tuple[int, Any]:
        method, path, operation = self._operation(operation_id)
        query = {name: value for name, value in params.items() if f"{{{name}}}" not in path}
        answer = await self._api.request(
            method, path.removeprefix("/api/v1").format(**params), params=query, json=body
        )
        described = operation["responses"][str(answer.status_code)]["content"]
        schema = described[answer.headers["content-type"]]["schema"]
        given = answer.json()
        wrong = [
            f"{error.json_path}: {error.message}"
            for error in self._valid(schema).iter_errors(given)
        ]
        assert wrong == [], operation_id
        return answer.status_code, given

    def _operation(self, operation_id: str) -> tuple[str, str, dict[str, Any]]:
        return next(
            (method, path, operation)
            for path, one in self._document["paths"].items()
            for method, operation in one.items()
            if operation["operationId"] == operation_id
        )


async def test_answers_are_what_the_description_says(
    tenant: Tenant, document: dict[str, Any], valid: Validator
) -> None:
    ask = Walk(tenant.api, document, valid)
    _, campaign = await ask("create_campaign", {"name": "Spring outreach"})
    _, second = await ask("post_campaign")
    here = {"campaign_id": campaign["id"]}
    await ask("add_domain_block_list", {"domain_block_list": ["example.org", "ann@"]})
    _, added = await ask(
        "add_leads",
        {
            "lead_list": [
                {"email": "Ann@example.com", "first_name": "Ann", "custom_fields": {"n": 1}},
                {"email": "bob@example.org"},
                {"email": "x@"},
            ],
            "settings": {"return_lead_ids": True, "tags": ["Q4"]},
        },
        **here,
    )
    ann = here | {"lead_id": added["lead_ids"][0]}
    await ask("write_sequences", {"sequences": [{"seq_number": 1, "subject": "Hi"}]}, **here)
    await ask("write_schedule", {"timezone": "Europe/Berlin", "start_hour": "09:00"}, **here)
    await ask("write_settings", {"bounce_autopause_threshold": "5"}, **here)
    assert (await ask("set_campaign_status", {"status": "START"}, **here))[1]["ok"]
    assert (await ask("set_lead_status", {"status": "INTERESTED"}, **ann))[1]["ok"]
    # The same person elsewhere: refused, with the conflict.
    await ask("add_leads", {"lead_list": [{"email": "ann@example.com"}]}, campaign_id=second["id"])
    for operation_id in (
        "get_me",
        "get_workspace",
        "list_keys",
        "list_audit_entries",
        "list_campaigns",
        "fetch_categories",
        "list_all_leads",
        "list_global_leads",
        "list_activities",
        "list_imports",
        "get_domain_block_list",
        "list_unsubscribes",
        "list_do_not_contact",
    ):
        assert (await ask(operation_id))[0] == 200, operation_id
    for operation_id in ("read_campaign", "list_sequences", "list_campaign_leads"):
        assert (await ask(operation_id, **here))[0] == 200
    for operation_id in ("get_campaign_lead", "list_lead_activity", "get_message_history"):
        assert (await ask(operation_id, **ann))[0] == 200
    for operation_id in ("get_lead", "list_campaigns_of_lead"):
        assert (await ask(operation_id, lead_id=ann["lead_id"]))[0] == 200
    for operation_id in ("get_import", "list_import_rows"):
        assert (await ask(operation_id, import_id=added["import_id"]))[0] == 200
    await ask("find_lead", email="ann@example.com")
    assert (await ask("find_lead", email="nobody@example.com"))[1] == {}
    await ask("check_leads", {"rows": [{"email": "ann@example.com"}, {"domain": "example.com"}]})
    await ask("add_unsubscribes", {"emails": ["ann@example.com"]})
    await ask("explain_lead", email="ann@example.com", campaign_id=second["id"])
    await ask("lift_unsubscribes", {"emails": ["ann@example.com", "ann@example.net"]})
    await ask("create_key", {"name": "Zapier", "defaults": {"tags": ["Zapier"]}})
    await ask("delete_lead", **ann)
    await ask("delete_campaign", **here)


@pytest.mark.parametrize(
    ("operation_id", "body", "params", "status"),
    [
        ("add_leads", {"lead_list": [{"email": "a@example.com"}] * 401}, {"campaign_id": 1}, 400),
        ("add_leads", {"lead_list": [{}]}, {"campaign_id": 1}, 400),
        ("add_leads", {"lead_list": [], "unknown": 1}, {"campaign_id": 1}, 422),
        ("add_leads", {"lead_list": [{"email": "a@example.com"}]}, {"campaign_id": 1}, 404),
        ("list_campaigns", None, {"cursor": "not a cursor"}, 400),
        ("list_campaigns", None, {"limit": 0}, 422),
        ("get_lead", None, {"lead_id": 1}, 404),
        ("add_domain_block_list", {"domain_block_list": ["@"]}, {}, 422),
    ],
)
async def test_refusals_are_what_the_description_says(
    tenant: Tenant,
    document: dict[str, Any],
    valid: Validator,
    operation_id: str,
    body: Any,
    params: dict[str, Any],
    status: int,
) -> None:
    ask = Walk(tenant.api, document, valid)
    assert (await ask(operation_id, body, **params))[0] == status


async def test_without_a_key_too(
    anonymous: httpx.AsyncClient, document: dict[str, Any], valid: Validator
) -> None:
    assert (await Walk(anonymous, document, valid)("get_me"))[0] == 401
