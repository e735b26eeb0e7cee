"""Files in."""

from typing import Any, ClassVar, TypeVar

import orjson
from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from app.campaigns.errors import CampaignNotFound
from app.campaigns.schemas.fields import CampaignPath
from app.deps import KeyedRoute, StreamedWriteUnit, Unit, problems
from app.imports.errors import MappingRefused
from app.imports.operations import creating
from app.imports.operations.creating import Looked, look_into, look_up_upload
from app.imports.schemas.files import ImportFileIn, ImportSettingsIn, ImportUploadIn
from app.imports.schemas.imports import ImportOut
from app.kit.guard import MAX_BODY_BYTES, media_type, refuse_other_types
from app.kit.json_text import document
from app.kit.multipart import MULTIPART, Form
from app.kit.problems import BodyTooLarge, MalformedMultipart
from app.uploads.errors import FileRefused, UploadNotFound
from app.uploads.operations import receive_upload
from app.uploads.rules import MAX_UPLOAD_BYTES
from app.values import CampaignId, UploadId

M = TypeVar("M", bound=BaseModel)
JSON = "application/json"


class ImportRoute(KeyedRoute):
    max_body_bytes = MAX_UPLOAD_BYTES
    # The first one is what generated clients send.
    streamed: ClassVar = {JSON: ImportUploadIn, MULTIPART: ImportFileIn}


router = APIRouter(route_class=ImportRoute)


@router.post(
    "/campaigns/{campaign_id}/imports",
    status_code=201,
    responses=problems(
        CampaignNotFound, UploadNotFound, MalformedMultipart, FileRefused, MappingRefused
    ),
)
async def create_import(
    campaign_id: CampaignPath, request: Request, streamed: StreamedWriteUnit
) -> ImportOut:
    """Send a file, or name one that was sent, to import its rows into a campaign.

    The answer shows what the file holds and which columns seem to be what. It is a draft, unless
    the settings say `start`.
    """
    resources, caller = streamed.resources, streamed.caller
    if media_type(request) == MULTIPART:
        form = Form.of(request, "settings")
        async with receive_upload(resources, caller, form) as received:
            given = received.texts.get("settings", "").strip()
            settings = _settings(document(given.encode()) if given else {})
            looked = await look_into(resources, caller, received.stored)
            unit = streamed.after(received.identity)
            return await _create(unit, campaign_id, looked, settings)
    refuse_other_types(request)
    raw = document(await _body(request))
    body = _validated(ImportUploadIn, raw, ("body",))
    known = await look_up_upload(resources, caller, UploadId(body.upload_id))
    unit = streamed.after(orjson.dumps(raw, option=orjson.OPT_SORT_KEYS))
    return await _create(unit, campaign_id, known, body.settings or ImportSettingsIn())


async def _create(
    unit: Unit, campaign_id: CampaignId, looked: Looked | None, settings: ImportSettingsIn
) -> ImportOut:
    decisions = settings.decisions()
    return await unit.run(
        creating.create_import, campaign_id, looked, decisions, answer=ImportOut.of, status=201
    )


async def _body(request: Request) -> bytes:
    """The route's limit is that of files. Raises BodyTooLarge."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise BodyTooLarge("Without a file the body is 10 MiB at most.")
    return bytes(body)


def _settings(raw: Any) -> ImportSettingsIn:
    return _validated(ImportSettingsIn, raw, ("body", "settings"))


def _validated(model: type[M], raw: Any, at: tuple[str, ...]) -> M:
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False, include_context=False)
        found = [{**one, "loc": (*at, *one["loc"])} for one in errors]
        raise RequestValidationError(found) from None
