"""What can be wrong with a ticket."""

from http import HTTPStatus

from app.kit.problems import Problem


class InvalidTicket(Problem):
    """Unknown, for something else, not opened in time, too old, or its key was revoked."""

    status, code = HTTPStatus.UNAUTHORIZED, "invalid_ticket"

    def __init__(self) -> None:
        super().__init__("This ticket opens nothing here, or does not any longer.")
