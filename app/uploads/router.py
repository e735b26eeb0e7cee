"""Files in."""

from typing import Annotated, ClassVar

from fastapi import APIRouter, Path, Request

from app.deps import KeyedRoute, Reader, ReadTx, StreamedWriteUnit, problems
from app.kit.fields import BIGGEST
from app.kit.multipart import MULTIPART, Form
from app.kit.problems import MalformedMultipart, TooManyUploads
from app.uploads import operations
from app.uploads.errors import FileRefused, UploadNotFound
from app.uploads.repository import UploadRepository
from app.uploads.rules import MAX_UPLOAD_BYTES
from app.uploads.schemas import SheetParam, UploadIn, UploadOut
from app.values import UploadId


class UploadRoute(KeyedRoute):
    max_body_bytes = MAX_UPLOAD_BYTES
    streamed: ClassVar = {MULTIPART: UploadIn}


router = APIRouter(tags=["Imports"])
receiving = APIRouter(route_class=UploadRoute)
asking = APIRouter(route_class=KeyedRoute)

UploadPath = Annotated[UploadId, Path(ge=1, le=BIGGEST, description="The upload's id.")]


@receiving.post(
    "/uploads", status_code=201, responses=problems(MalformedMultipart, FileRefused, TooManyUploads)
)
async def create_upload(
    request: Request, streamed: StreamedWriteUnit, sheet: SheetParam = None
) -> UploadOut:
    """Send a file, to import it afterwards, as often as you like.

    It is stored as text, whatever it is packed in. What stands in it is not looked at yet.
    """
    form = Form.of(request)
    resources, caller = streamed.resources, streamed.caller
    async with operations.receive_upload(resources, caller, form, sheet) as received:
        unit = streamed.after(received.identity)
        return await unit.run(operations.record, received, answer=UploadOut.of, status=201)


@asking.get("/uploads/{upload_id}", responses=problems(UploadNotFound))
async def get_upload(upload_id: UploadPath, caller: Reader, tx: ReadTx) -> UploadOut:
    """A file that was sent, without its content."""
    return UploadOut.of(await UploadRepository(tx, caller.workspace_id).get(upload_id))


router.include_router(receiving)
router.include_router(asking)
