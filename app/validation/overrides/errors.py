"""Why an override cannot be taken."""

from http import HTTPStatus

from app.kit.problems import Problem

MOST_OVERRIDES = 10_000
"""Of a workspace; every check looks at all of them."""


class TooManyOverrides(Problem):
    """The workspace would have more than 10,000 overrides; none of the request's was stored."""

    status, code = HTTPStatus.CONFLICT, "too_many_overrides"

    def __init__(self) -> None:
        super().__init__(f"A workspace has at most {MOST_OVERRIDES:,} overrides.")
