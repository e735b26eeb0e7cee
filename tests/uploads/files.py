"""Files to send, and what became of them."""

from typing import Any

import httpx

from app.kit.resources import Resources
from app.uploads.rules import path_of
from app.values import UploadId, WorkspaceId

CSV = b"email,first_name\r\nann@example.com,Ann\r\n"


def form(content: bytes = CSV, name: str = "leads.csv") -> dict[str, Any]:
    return {"files": {"file": (name, content)}}


async def send(api: httpx.AsyncClient, content: bytes = CSV, **headers: str) -> dict[str, Any]:
    """One that must be taken."""
    answer = await api.post("/uploads", **form(content), headers=headers)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


def stored(resources: Resources, workspace_id: int, upload_id: int) -> bytes:
    path = path_of(WorkspaceId(workspace_id), UploadId(upload_id))
    return b"".join(resources.storage.read(path))


def left(resources: Resources, workspace_id: int) -> set[int]:
    """The ids whose files lie in the storage, finished or not."""
    folder = resources.settings.data_dir / "uploads" / str(workspace_id)
    return {int(file.name.partition("#")[0]) for file in folder.glob("*")}
