"""For Prometheus; outside the API's path, without a key."""

from fastapi import APIRouter, Response

from app.deps import AppResources
from app.kit.http import Route
from app.kit.metrics import CONTENT_TYPE_LATEST
from app.metrics.operations import scrape

router = APIRouter(tags=["Health"], route_class=Route)


class Exposition(Response):
    media_type = CONTENT_TYPE_LATEST


@router.get("/metrics", response_class=Exposition, include_in_schema=False)
async def get_metrics(resources: AppResources) -> Response:
    """What this process counts, and the jobs of all; in Prometheus' text format."""
    return Exposition(await scrape(resources))
