"""What can be wrong with a file, or with the id of one."""

from http import HTTPStatus

from app.kit.problems import Problem


class UploadNotFound(Problem):
    """There is none, or it is no longer kept."""

    status, code = HTTPStatus.NOT_FOUND, "upload_not_found"

    def __init__(self) -> None:
        super().__init__("Upload not found - Invalid upload_id.")


class FileRefused(Problem):
    """It is not what it seems to be, broken, or too large; nothing of it was kept."""

    status, code = HTTPStatus.UNPROCESSABLE_ENTITY, "file_unreadable"
    example = ("file_damaged", "The gzip data are damaged.")

    def __init__(self, code: str, sentence: str, at: str = "/file") -> None:
        error = {"pointer": at, "code": code, "detail": sentence}
        super().__init__(sentence, errors=[error])
