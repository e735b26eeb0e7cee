"""What can be wrong with a key or a workspace."""

from http import HTTPStatus

from app.kit.problems import Problem
from app.values import KeyScope


class InvalidApiKey(Problem):
    """No key, an unknown one, or one that was revoked or has expired: the same answer for all."""

    status, code = HTTPStatus.UNAUTHORIZED, "invalid_api_key"

    def __init__(self) -> None:
        super().__init__("Invalid API Key", headers={"WWW-Authenticate": "Bearer"})


class WorkspaceNotFound(Problem):
    """For the command line: a key knows its workspace."""

    status, code = HTTPStatus.NOT_FOUND, "workspace_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such workspace.")


class KeyNotFound(Problem):
    """There is no such key in this workspace, or it was revoked."""

    status, code = HTTPStatus.NOT_FOUND, "key_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such key.")


class LastAdminKey(Problem):
    """Without it nobody could make or revoke keys any more."""

    status, code = HTTPStatus.CONFLICT, "last_admin_key"

    def __init__(self) -> None:
        super().__init__("This is the workspace's last admin key; make another one first.")


class ScopeMissing(Problem):
    """The key is known, but may not do this."""

    status, code = HTTPStatus.FORBIDDEN, "scope_missing"
    example = (KeyScope.WRITE,)

    def __init__(self, needed: KeyScope) -> None:
        super().__init__(f"This key may not do that: it takes the scope '{needed}'.")


class RateLimited(Problem):
    """The key has made more requests than it may within a minute."""

    status, code = HTTPStatus.TOO_MANY_REQUESTS, "rate_limited"
    example = (6000, 1)

    def __init__(self, per_minute: int, retry_after_s: int) -> None:
        super().__init__(
            f"This key may make {per_minute} requests a minute; try again in {retry_after_s} s.",
            headers={"Retry-After": str(retry_after_s)},
        )
