"""Expected failures, as RFC 9457 problems. What is not a Problem is a bug and a 500."""

from http import HTTPStatus
from typing import Any, ClassVar

PROBLEM_JSON = "application/problem+json"


class Problem(Exception):
    """A subclass fixes ``status`` and ``code``; an instance adds the detail.

    ``code`` is public and permanent. ``extra`` members stand beside the standard ones in the
    answer; ``errors`` is a list of ``{"pointer", "code", "detail"}``, each pointing into the
    request (RFC 6901). ``example`` are the arguments of the instance that the API's description
    shows.
    """

    status: ClassVar[HTTPStatus]
    code: ClassVar[str]
    example: ClassVar[tuple[Any, ...]] = ()

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
    example = ("query/limit: Input should be less than or equal to 1000",)


class MalformedJson(Problem):
    """The body is not JSON."""

    status, code = HTTPStatus.BAD_REQUEST, "malformed_json"
    example = ("The body is not JSON: unexpected character: line 1 column 1 (char 0).",)


class MalformedMultipart(Problem):
    """The body is no form that can be read."""

    status, code = HTTPStatus.BAD_REQUEST, "malformed_multipart"
    example = ("it ends before its last boundary",)

    def __init__(self, what: str) -> None:
        super().__init__(f"The form could not be read: {what[:1].lower()}{what[1:]}.")


class MalformedRequest(Problem):
    """What arrived is no HTTP/1.1 that can be answered."""

    status, code = HTTPStatus.BAD_REQUEST, "malformed_request"

    def __init__(self, what: str) -> None:
        super().__init__(f"The request could not be read: {what[:1].lower()}{what[1:]}.")


class HeadTooLarge(Problem):
    status, code = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "head_too_large"

    def __init__(self) -> None:
        super().__init__("The address and the headers are larger than 64 KiB, or more than 200.")


class RequestTimeout(Problem):
    status, code = HTTPStatus.REQUEST_TIMEOUT, "request_timeout"
    example = ("The body did not come in time.",)


class BodyTooLarge(Problem):
    status, code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body_too_large"
    example = ("The body is larger than 10 MiB.",)


class UnsupportedMediaType(Problem):
    status, code = HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type"
    example = ("The body must be JSON, sent as Content-Type: application/json.",)


class RouteNotFound(Problem):
    status, code = HTTPStatus.NOT_FOUND, "route_not_found"


class MethodNotAllowed(Problem):
    status, code = HTTPStatus.METHOD_NOT_ALLOWED, "method_not_allowed"


class IdempotencyKeyInUse(Problem):
    """The first request with this key has not been answered yet."""

    status, code = HTTPStatus.CONFLICT, "idempotency_key_in_use"

    def __init__(self) -> None:
        super().__init__(
            "A request with this Idempotency-Key is still running. Try again.",
            headers={"Retry-After": "1"},
        )


class IdempotencyKeyReused(Problem):
    """The key belongs to another request: other method, path, query or body."""

    status, code = HTTPStatus.UNPROCESSABLE_ENTITY, "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__(
            "This Idempotency-Key was sent with another request; a new request needs a new key."
        )


class ServiceUnavailable(Problem):
    """PostgreSQL is away or too slow, or a conflict with other requests outlived its retries."""

    status, code = HTTPStatus.SERVICE_UNAVAILABLE, "service_unavailable"
    example = ("The database cannot be reached. Try again.",)


class TooBusy(Problem):
    """The process works on as many requests as it may; nothing of this one was done."""

    status, code = HTTPStatus.SERVICE_UNAVAILABLE, "too_busy"

    def __init__(self) -> None:
        super().__init__(
            "Too many requests are being worked on. Try again.", headers={"Retry-After": "1"}
        )


class TooManyStreams(Problem):
    """The workspace has as many streams open as one process keeps for it."""

    status, code = HTTPStatus.TOO_MANY_REQUESTS, "too_many_streams"
    example = (1000,)

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"This workspace may have {limit} streams open at once; close one, or try again.",
            headers={"Retry-After": "10"},
        )


class TooManyUploads(Problem):
    """The workspace sends as many files as one process takes from it at once."""

    status, code = HTTPStatus.TOO_MANY_REQUESTS, "too_many_uploads"
    example = (20,)

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"This workspace may send {limit} files at once; wait until one is through.",
            headers={"Retry-After": "10"},
        )


class InternalError(Problem):
    """A bug. The detail says nothing of the inside; the log does, under the request id."""

    status, code = HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error"
