"""What goes back: a model as JSON, or a problem."""

from collections.abc import Mapping
from typing import Protocol, Self, runtime_checkable

import orjson
from fastapi import Request, Response
from pydantic import BaseModel

from app.kit.problems import PROBLEM_JSON, Problem


@runtime_checkable
class Shortens(Protocol):
    """A model whose lists may grow long."""

    def shortened(self) -> BaseModel | None:
        """As it is kept for a repetition of the request; None where asking again does no harm."""


class Answer(Response):
    """A model as JSON, encoded at once: what cannot be encoded must not be committed."""

    def __init__(
        self, model: BaseModel, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        body = model.model_dump_json(by_alias=True)
        super().__init__(body, status, headers, media_type="application/json")
        self._model, self._own_headers = model, headers

    def shortened(self) -> Self | None:
        """The same without the long lists, if it has any."""
        if not isinstance(self._model, Shortens):
            return self
        model = self._model.shortened()
        return type(self)(model, self.status_code, self._own_headers) if model else None


def problem_response(request: Request, problem: Problem) -> Response:
    request_id = getattr(request.state, "request_id", "")
    request.state.problem = problem.code  # for the log
    return Response(
        orjson.dumps(problem.document(request_id)),
        status_code=problem.status,
        headers=problem.headers,
        media_type=PROBLEM_JSON,
    )
