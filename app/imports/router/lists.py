"""Suppression lists that come as files."""

from typing import ClassVar

import orjson
from fastapi import APIRouter, Request

from app.campaigns.errors import CampaignNotFound
from app.deps import KeyedRoute, StreamedWriteUnit, Unit, problems
from app.imports.errors import MappingRefused
from app.imports.operations.creating import Looked, look_into, look_up_upload
from app.imports.operations.lists import create_list_import
from app.imports.router.bodies import JSON, check_sheet, json_of, settings_of, validated
from app.imports.router.following import MADE, location, made
from app.imports.schemas.imports import ImportOut
from app.imports.schemas.lists import ListFileIn, ListSettingsIn, ListUploadIn
from app.kit.guard import media_type
from app.kit.multipart import MULTIPART, Form
from app.kit.problems import MalformedMultipart, TooManyUploads
from app.uploads.errors import FileRefused, UploadNotFound
from app.uploads.operations import receive_upload
from app.uploads.rules import MAX_UPLOAD_BYTES
from app.uploads.schemas import SheetParam
from app.values import UploadId


class ListRoute(KeyedRoute):
    max_body_bytes = MAX_UPLOAD_BYTES
    # The first one is what generated clients send.
    streamed: ClassVar = {JSON: ListUploadIn, MULTIPART: ListFileIn}


router = APIRouter(route_class=ListRoute)


@router.post(
    "/suppressions/imports",
    status_code=201,
    responses=MADE
    | problems(
        CampaignNotFound,
        UploadNotFound,
        MalformedMultipart,
        FileRefused,
        TooManyUploads,
        MappingRefused,
    ),
)
async def import_suppressions(
    request: Request, streamed: StreamedWriteUnit, sheet: SheetParam = None
) -> ImportOut:
    """Put the addresses and domains of a file onto a suppression list.

    It is an import like every other: a draft, unless the settings say `start`, with a ledger that
    says of every row whether it was new, known, repeated, or neither an address nor a domain.
    """
    resources, caller = streamed.resources, streamed.caller
    if media_type(request) == MULTIPART:
        form = Form.of(request, "settings")
        async with receive_upload(resources, caller, form, sheet) as received:
            settings = settings_of(received, ListSettingsIn)
            looked = await look_into(resources, caller, received.stored)
            return await _create(streamed.after(received.identity), looked, settings)
    check_sheet(sheet)
    raw = await json_of(request)
    body = validated(ListUploadIn, raw)
    known = await look_up_upload(resources, caller, UploadId(body.upload_id))
    unit = streamed.after(orjson.dumps(raw, option=orjson.OPT_SORT_KEYS))
    return await _create(unit, known, body.settings)


async def _create(unit: Unit, looked: Looked | None, settings: ListSettingsIn) -> ImportOut:
    return await unit.run(
        create_list_import,
        looked,
        settings.decisions(),
        answer=ImportOut.of,
        status=made,
        headers=location,
    )
