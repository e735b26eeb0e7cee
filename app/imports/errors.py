"""What can be wrong with a batch, or with the id of an import."""

from collections.abc import Sequence
from http import HTTPStatus

from app.imports.rules import MAX_BATCH
from app.kit.problems import Problem


class BatchTooLarge(Problem):
    """More leads in one request than SmartLead's clients may send."""

    status, code = HTTPStatus.BAD_REQUEST, "batch_too_large"
    example = (500,)

    def __init__(self, provided: int) -> None:
        super().__init__(
            f"lead_list cannot exceed {MAX_BATCH} leads per request",
            provided_count=provided,
            max_allowed=MAX_BATCH,
        )


class EmailMissing(Problem):
    """Leads without an address. With ``skip_missing_email`` they are row verdicts instead.

    ``listed`` is the name under which the request lists its leads.
    """

    status, code = HTTPStatus.BAD_REQUEST, "missing_email"
    example = ([3, 7], "lead_list")

    def __init__(self, places: Sequence[int], listed: str) -> None:
        named = ", ".join(str(place) for place in places)
        super().__init__(
            f"email is required; it is missing in the leads at index {named}",
            errors=[
                {
                    "pointer": f"/{listed}/{place}/email",
                    "code": self.code,
                    "detail": "email is required",
                }
                for place in places
            ],
        )


class EmailInvalid(Problem):
    """Malformed addresses, where the sender asked for the whole batch to be refused then."""

    status, code = HTTPStatus.BAD_REQUEST, "invalid_email"
    example = ([3, 7], "lead_list")

    def __init__(self, places: Sequence[int], listed: str) -> None:
        named = ", ".join(str(place) for place in places)
        super().__init__(
            f"not a valid email address in the leads at index {named}",
            errors=[
                {
                    "pointer": f"/{listed}/{place}/email",
                    "code": self.code,
                    "detail": "not a valid email address",
                }
                for place in places
            ],
        )


class ImportNotFound(Problem):
    status, code = HTTPStatus.NOT_FOUND, "import_not_found"

    def __init__(self) -> None:
        super().__init__("Import not found - Invalid import_id.")
