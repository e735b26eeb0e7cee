"""What can be wrong with the id of a job."""

from http import HTTPStatus

from app.kit.problems import Problem


class JobNotFound(Problem):
    """There is no such job in this workspace, or it ended more than a week ago."""

    status, code = HTTPStatus.NOT_FOUND, "job_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such job; those that ended are kept for a week.")
