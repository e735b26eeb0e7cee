"""What FastAPI's description of an API lacks: its problems, and everything told only once."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from app.kit import problems
from app.kit.problems import PROBLEM_JSON
from app.kit.rate_limits import HEADERS

REQUEST_ID = "0f8fad5bd9cb469fa16570867728950e"
COMPONENT = "#/components/{}/{}"

Responses = dict[int | str, dict[str, Any]]


class ProblemError(BaseModel):
    """One thing that is wrong, and where in the request it stands."""

    pointer: str = Field(
        description="A JSON pointer into the body (RFC 6901), or `query/limit` for a parameter."
    )
    code: str = Field(description="For programs; it never changes its meaning.")
    detail: str = Field(description="For people.")


class Problem(BaseModel):
    """RFC 9457, with the flat strings that SmartLead's clients read.

    Some codes bring members of their own, such as `conflict`, `matched` or `max_allowed`.
    """

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="`urn:leadgate:problem:` and the code.")
    title: str = Field(description="The status in words.")
    status: int
    detail: str = Field(description="What is wrong, for people.")
    code: str = Field(description="What is wrong, for programs; it never changes its meaning.")
    request_id: str = Field(description="The answer's `X-Request-Id`; the log knows it too.")
    errors: list[ProblemError] = Field(
        description="Where the fault lies; of many places the first. May be empty."
    )
    ok: bool = Field(description="Always false.")
    error: str = Field(description="The same as `detail`.")
    message: str = Field(description="The same as `detail`.")


class DescribedApp(FastAPI):
    """Its OpenAPI document is complete enough to generate clients from."""

    def openapi(self) -> dict[str, Any]:
        known = self.openapi_schema
        document = super().openapi()
        if document is not known:
            document["components"]["schemas"].update(_schemas(self))
            _say_security_once(document)
            _say_examples_once(document)
            _say_limits_once(document)
            for operation in _operations(document):
                _summarise(operation)
                _name_body(operation)
                _free_parameters(operation)
            _drop_made_up_titles(document)
            _widen_integers([document["components"], document["paths"]])
        return document


def described(*listed: type[problems.Problem]) -> Responses:
    """The ``responses`` of an endpoint that raises these problems: codes and an example of each."""
    by_status: dict[int, dict[str, type[problems.Problem]]] = {}
    for problem in listed:
        by_status.setdefault(int(problem.status), {})[problem.__name__] = problem
    return {
        status: {
            "description": ", ".join(dict.fromkeys(one.code for one in same.values())),
            "content": {
                PROBLEM_JSON: {
                    "schema": {"$ref": COMPONENT.format("schemas", Problem.__name__)},
                    "examples": {name: _example(one) for name, one in same.items()},
                }
            },
        }
        for status, same in by_status.items()
    }


def together(first: Responses, second: Responses) -> Responses:
    """Both; where they know the same status, the codes, the examples and the headers of both."""
    shared = first.keys() & second.keys()
    return {**first, **second} | {
        status: _joined(first[status], second[status]) for status in shared
    }


def _joined(one: dict[str, Any], two: dict[str, Any]) -> dict[str, Any]:
    if PROBLEM_JSON not in two.get("content", {}):
        return {**one, **two, "headers": one.get("headers", {}) | two.get("headers", {})}
    return {
        "description": f"{one['description']}, {two['description']}",
        "content": {
            PROBLEM_JSON: {
                **two["content"][PROBLEM_JSON],
                "examples": _examples(one) | _examples(two),
            }
        },
    }


def request_body(kinds: Mapping[str, type[BaseModel]]) -> dict[str, Any]:
    """The ``openapi_extra`` of an endpoint that reads its body itself."""
    content = {
        media_type: {"schema": {"$ref": COMPONENT.format("schemas", model.__name__)}}
        for media_type, model in kinds.items()
    }
    return {"requestBody": {"required": True, "content": content}}


def _example(problem: type[problems.Problem]) -> dict[str, Any]:
    """Out of the problem's own constructor, so that it says what the answer will say."""
    return {
        "summary": problem.code,
        "value": problem(*problem.example).document(REQUEST_ID),
    }


def _examples(response: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = response.get("content", {}).get(PROBLEM_JSON, {}).get("examples", {})
    return found


def _schemas(app: FastAPI) -> dict[str, Any]:
    """The models as pydantic describes them; FastAPI takes what is null out of their examples."""
    bodies, answers = set[Any](), {Problem}
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute):
            bodies |= _types(route.body_field) | {*getattr(route, "streamed", {}).values()}
            answers |= _types(route.response_field, *route.response_fields.values())
    _, found = TypeAdapter.json_schemas(
        [
            *((body, "validation", TypeAdapter(body)) for body in bodies),
            *((answer, "serialization", TypeAdapter(answer)) for answer in answers),
        ],
        ref_template=COMPONENT.format("schemas", "{model}"),
    )
    schemas: dict[str, Any] = found["$defs"]
    return schemas


def _types(*fields: Any) -> set[Any]:
    return {field.field_info.annotation for field in fields if field}


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        yield from path.values()


def _say_security_once(document: dict[str, Any]) -> None:
    """Any of the schemes that most operations take; the others say what they take."""
    operations = list(_operations(document))
    taken = Counter(
        tuple(name for one in o.setdefault("security", []) for name in one) for o in operations
    )
    usual: list[dict[str, Any]] = [{name: []} for name in taken.most_common(1)[0][0]]
    document["security"] = usual
    for operation in operations:
        if operation["security"] == usual:
            del operation["security"]


def _say_examples_once(document: dict[str, Any]) -> None:
    """The problems' examples go to the components."""
    kept = document["components"].setdefault("examples", {})
    for operation in _operations(document):
        for response in operation["responses"].values():
            for name, example in _examples(response).items():
                kept[name] = dict(example)
                example.clear()
                example["$ref"] = COMPONENT.format("examples", name)


def _say_limits_once(document: dict[str, Any]) -> None:
    """Where a key is asked for: the same 429, if there are no more reasons for one, and the headers
    of the limit with what went well.
    """
    told = HEADERS | {"Retry-After": "When to ask again, in seconds."}
    document["components"]["headers"] = {
        name: {"description": text, "schema": {"type": "integer"}} for name, text in told.items()
    }
    headers = {name: {"$ref": COMPONENT.format("headers", name)} for name in told}
    standing = {name: headers[name] for name in HEADERS}
    refused = document["components"].setdefault("responses", {})
    for operation in _operations(document):
        if "security" not in operation:
            responses = operation["responses"]
            told_here = responses["429"] | {"headers": headers}
            responses["429"] = told_here
            if len(_examples(told_here)) == 1:
                refused["RateLimited"] = told_here
                responses["429"] = {"$ref": COMPONENT.format("responses", "RateLimited")}
            for status, response in responses.items():
                if status.startswith("2"):
                    response["headers"] = response.get("headers", {}) | standing


def _summarise(operation: dict[str, Any]) -> None:
    """A docstring's first paragraph is the title."""
    first, _, _ = operation["description"].partition("\n\n")
    operation["summary"] = " ".join(first.split()).removesuffix(".")


def _name_body(operation: dict[str, Any]) -> None:
    """A body that may be left out has one schema; FastAPI says "it, or null"."""
    for content in operation.get("requestBody", {}).get("content", {}).values():
        either = content["schema"].get("anyOf", [])
        named = [schema for schema in either if "$ref" in schema]
        if len(named) == 1 and len(either) == 2:
            content["schema"] = named[0]


def _free_parameters(operation: dict[str, Any]) -> None:
    """A parameter that may be left out may be empty, too; in an address there is no null."""
    for parameter in operation.get("parameters", []):
        schema = parameter["schema"]
        some = [one for one in schema.get("anyOf", []) if one != {"type": "null"}]
        if len(some) == 1 != len(schema["anyOf"]):
            del schema["anyOf"]
            schema.update(some[0])
        if parameter["in"] == "query" and not parameter["required"]:
            parameter["allowEmptyValue"] = True


def _drop_made_up_titles(document: dict[str, Any]) -> None:
    """Pydantic titles each property by its name; generators of clients make classes of them."""
    for schema in document["components"]["schemas"].values():
        for name, member in schema.get("properties", {}).items():
            _drop_made_up_title(name, member)
    for operation in _operations(document):
        for parameter in operation.get("parameters", []):
            _drop_made_up_title(parameter["name"], parameter["schema"])


def _drop_made_up_title(name: str, schema: dict[str, Any]) -> None:
    if schema.get("title", "").replace(" ", "").lower() == name.replace("_", "").lower():
        del schema["title"]


def _widen_integers(schemas: Any) -> None:
    """Ids exceed 2^31, and generators take an integer for 32 bits unless it says otherwise."""
    if isinstance(schemas, list):
        for schema in schemas:
            _widen_integers(schema)
    elif isinstance(schemas, dict):
        if schemas.get("type") == "integer":
            schemas["format"] = "int64"
        for name in schemas.keys() - {"examples", "default"}:
            _widen_integers(schemas[name])
