"""What the gate cannot be asked."""

from http import HTTPStatus

from app.kit.problems import Problem


class NotAnAddress(Problem):
    """The gate is asked about somebody by something that is no address."""

    status, code = HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_email"

    def __init__(self) -> None:
        super().__init__("query/email: not a valid email address")
