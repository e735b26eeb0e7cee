"""Expected failures, as RFC 9457 problems. What is not a Problem is a bug and a 500."""

from http import HTTPStatus
from typing import Any, ClassVar


class Problem(Exception):
    """A subclass fixes ``status`` and ``code``; an instance adds the detail.

    ``code`` is public and permanent. ``extra`` members stand beside the standard ones in the
    answer; ``errors`` is a list of ``{"pointer", "code", "detail"}``, each pointing into the
    request (RFC 6901).
    """

    status: ClassVar[HTTPStatus]
    code: ClassVar[str]

    def __init__(
        self,
        detail: str,
        *,
        errors: list[dict[str, Any]] | None = None,
        headers: dict[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = errors or []
        self.headers = headers or {}
        self.extra = extra

    def document(self, request_id: str) -> dict[str, Any]:
        """The JSON body. ``ok``, ``error`` and ``message`` are what SmartLead's clients read."""
        return {
            "type": f"urn:leadgate:problem:{self.code}",
            "title": self.status.phrase,
            "status": self.status.value,
            "detail": self.detail,
            "code": self.code,
            "request_id": request_id,
            "errors": self.errors,
            "ok": False,
            "error": self.detail,
            "message": self.detail,
            **self.extra,
        }


class InvalidRequest(Problem):
    """The body or a parameter does not have the form that the endpoint asks for."""

    status, code = HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_request"


class MalformedJson(Problem):
    """The body is not JSON."""

    status, code = HTTPStatus.BAD_REQUEST, "malformed_json"


class BodyTooLarge(Problem):
    status, code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body_too_large"


class UnsupportedMediaType(Problem):
    status, code = HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type"


class RouteNotFound(Problem):
    status, code = HTTPStatus.NOT_FOUND, "route_not_found"


class MethodNotAllowed(Problem):
    status, code = HTTPStatus.METHOD_NOT_ALLOWED, "method_not_allowed"


class ServiceUnavailable(Problem):
    """PostgreSQL is away, or a conflict with other requests outlived its retries."""

    status, code = HTTPStatus.SERVICE_UNAVAILABLE, "service_unavailable"


class InternalError(Problem):
    """A bug. The detail says nothing of the inside; the log does, under the request id."""

    status, code = HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error"
