"""What can be wrong with a batch, or with the id of an import."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import ClassVar

from app.imports.mapping.findings import Finding
from app.imports.rules import MAX_BATCH
from app.kit.problems import Problem
from app.values import ImportId, ImportState


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


class EmailsRefused(Problem):
    """Each of these leads has the same wrong with its address.

    ``listed`` is the name under which the request lists its leads.
    """

    status = HTTPStatus.BAD_REQUEST
    example = ([3, 7], "lead_list")
    said: ClassVar[str]
    said_of_one: ClassVar[str]

    def __init__(self, places: Sequence[int], listed: str) -> None:
        named = ", ".join(str(place) for place in places)
        super().__init__(
            f"{self.said} in the leads at index {named}",
            errors=[
                {
                    "pointer": f"/{listed}/{place}/email",
                    "code": self.code,
                    "detail": self.said_of_one,
                }
                for place in places
            ],
        )


class EmailMissing(EmailsRefused):
    """Leads without an address. With ``skip_missing_email`` they are row verdicts instead."""

    code = "missing_email"
    said_of_one = "email is required"
    said = f"{said_of_one}; it is missing"


class EmailInvalid(EmailsRefused):
    """Malformed addresses, where the sender asked for the whole batch to be refused then."""

    code = "invalid_email"
    said_of_one = said = "not a valid email address"


class LedgerExpired(Problem):
    """The import is older than the workspace keeps ledgers."""

    status, code = HTTPStatus.CONFLICT, "ledger_expired"

    def __init__(self) -> None:
        super().__init__(
            "The rows of this import are older than the workspace keeps them; its counts stay."
        )


class HistoryExpired(Problem):
    """What happened since the import is not kept for as long as it is old."""

    status, code = HTTPStatus.CONFLICT, "history_expired"

    def __init__(self) -> None:
        super().__init__(
            "This import is older than the workspace keeps events, so nobody knows to whom of its"
            " leads something happened since."
        )


class NothingToUndo(Problem):
    """A dry run wrote nothing, suppression lists are not undone, and what is left of a push is too
    old or of deleted campaigns.
    """

    status, code = HTTPStatus.CONFLICT, "nothing_to_undo"

    def __init__(self) -> None:
        super().__init__(
            "Nothing is left of this that could be undone: a dry run wrote nothing, and the entries"
            " of a suppression list are lifted instead."
        )


class ImportStateConflict(Problem):
    """The import is in a state in which this cannot be done."""

    status, code = HTTPStatus.CONFLICT, "import_state"
    example = ("pause", ImportState.COMPLETED)

    def __init__(self, action: str, state: ImportState, import_id: ImportId | None = None) -> None:
        """``import_id``: which one, where several are asked for."""
        which = f"import {import_id}, which" if import_id else "an import that"
        super().__init__(f"Cannot {action} {which} is {state}.", state=state.value)


class MappingRefused(Problem):
    """Columns and fields do not go together as the mapping says."""

    status, code = HTTPStatus.UNPROCESSABLE_ENTITY, "mapping_refused"
    example = ([Finding("email_missing", None, "No column is mapped to email.")],)

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(
            " ".join(finding.detail for finding in findings),
            errors=[
                {
                    "pointer": _pointer(finding.column),
                    "code": finding.code,
                    "detail": finding.detail,
                }
                for finding in findings
            ],
        )


def _pointer(column: str | None) -> str:
    named = "" if column is None else "/" + column.replace("~", "~0").replace("/", "~1")
    return f"/settings/mapping{named}"


class PushNotFound(Problem):
    """No import was sent under this name."""

    status, code = HTTPStatus.NOT_FOUND, "push_not_found"

    def __init__(self) -> None:
        super().__init__("No push has this name.")


class ImportNotFound(Problem):
    status, code = HTTPStatus.NOT_FOUND, "import_not_found"

    def __init__(self) -> None:
        super().__init__("Import not found - Invalid import_id.")
