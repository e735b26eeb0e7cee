"""Imports of any source, made."""

from typing import ClassVar

import orjson
from fastapi import APIRouter, Request

from app.campaigns.errors import CampaignNotFound
from app.campaigns.schemas.fields import CampaignPath
from app.deps import KeyedRoute, StreamedWriteUnit, Unit, problems
from app.imports.errors import (
    ImportNotFound,
    ImportStateConflict,
    LedgerExpired,
    MappingRefused,
)
from app.imports.operations import creating, selecting
from app.imports.operations.creating import (
    Decisions,
    Looked,
    check_campaign,
    look_into,
    look_up_upload,
)
from app.imports.router.bodies import JSON, check_sheet, json_of, settings_of, validated
from app.imports.router.following import MADE, location, made
from app.imports.schemas.files import ImportFileIn, ImportSettingsIn
from app.imports.schemas.imports import ImportOut
from app.imports.schemas.sources import CreateImportIn
from app.kit.guard import media_type
from app.kit.multipart import MULTIPART, Form
from app.kit.problems import MalformedMultipart, TooManyUploads
from app.kit.resources import Resources
from app.leads.errors import LeadListOff, LeadNotFound, MoveLeadsOff, UnknownStatus
from app.leads.rules.filters import LeadFilter
from app.uploads.errors import FileRefused, UploadNotFound
from app.uploads.operations import receive_lines, receive_upload
from app.uploads.rules import MAX_UPLOAD_BYTES
from app.uploads.schemas import SheetParam
from app.values import CampaignId, ImportId, ImportSource, UploadId
from app.workspaces.rules import Caller


class ImportRoute(KeyedRoute):
    max_body_bytes = MAX_UPLOAD_BYTES
    # The first one is what generated clients send.
    streamed: ClassVar = {JSON: CreateImportIn, MULTIPART: ImportFileIn}


router = APIRouter(route_class=ImportRoute)


@router.post(
    "/campaigns/{campaign_id}/imports",
    status_code=201,
    responses=MADE
    | problems(
        CampaignNotFound,
        UploadNotFound,
        ImportNotFound,
        LeadNotFound,
        MoveLeadsOff,
        LeadListOff,
        LedgerExpired,
        ImportStateConflict,
        MalformedMultipart,
        FileRefused,
        TooManyUploads,
        MappingRefused,
        UnknownStatus,
    ),
)
async def create_import(
    campaign_id: CampaignPath,
    request: Request,
    streamed: StreamedWriteUnit,
    sheet: SheetParam = None,
) -> ImportOut:
    """Import rows into a campaign: of a file, of the request, or of what the workspace has.

    The answer shows the first rows, and which columns of a file seem to be what. It is a draft,
    unless the settings say `start`.
    """
    resources, caller = streamed.resources, streamed.caller
    if media_type(request) == MULTIPART:
        if streamed.key is None:  # a repetition is answered as before, whatever became of it
            await check_campaign(resources, caller, campaign_id)
        form = Form.of(request, "settings")
        async with receive_upload(resources, caller, form, sheet) as received:
            settings = settings_of(received, ImportSettingsIn)
            looked = await look_into(resources, caller, received.stored)
            unit = streamed.after(received.identity)
            return await _of_file(unit, campaign_id, looked, settings.decisions())
    check_sheet(sheet)
    raw = await json_of(request)
    body = validated(CreateImportIn, raw)
    unit = streamed.after(orjson.dumps(raw, option=orjson.OPT_SORT_KEYS))
    return await _of_body(resources, unit, campaign_id, body)


async def _of_body(
    resources: Resources, unit: Unit, campaign_id: CampaignId, body: CreateImportIn
) -> ImportOut:
    caller, decisions = unit.caller, (body.settings or ImportSettingsIn()).decisions()
    if body.rows is not None:
        async with receive_lines(resources, caller, body.rows) as stored:
            looked = await look_into(resources, caller, stored, "/rows")
            return await _of_file(unit, campaign_id, looked, decisions, ImportSource.ROWS)
    if body.upload_id is not None:
        known = await look_up_upload(resources, caller, UploadId(body.upload_id))
        return await _of_file(unit, campaign_id, known, decisions)
    if body.refused is not None:
        return await unit.run(
            selecting.select_refused,
            campaign_id,
            ImportId(body.refused.import_id),
            body.refused.codes,
            decisions,
            answer=ImportOut.of,
            status=made,
            headers=location,
        )
    chosen = await selecting.look_for_leads(resources, caller, _filter(body, caller))
    return await unit.run(
        selecting.select_leads,
        campaign_id,
        chosen,
        decisions,
        answer=ImportOut.of,
        status=made,
        headers=location,
    )


def _filter(body: CreateImportIn, caller: Caller) -> LeadFilter:
    if body.pipeline is not None:
        return body.pipeline.to_filter()
    assert body.filter
    return body.filter.to_filter(caller)


async def _of_file(
    unit: Unit,
    campaign_id: CampaignId,
    looked: Looked | None,
    decisions: Decisions,
    source: ImportSource = ImportSource.FILE,
) -> ImportOut:
    return await unit.run(
        creating.create_import,
        campaign_id,
        looked,
        decisions,
        source,
        answer=ImportOut.of,
        status=made,
        headers=location,
    )
