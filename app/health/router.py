"""For load balancers and supervisors; outside the API's path, without a key."""

from http import HTTPStatus

from fastapi import APIRouter, Response

from app.deps import AppResources
from app.health.operations import probe
from app.health.schemas import LivenessOut, ReadinessOut
from app.kit.description import described
from app.kit.http import RETRY_AFTER_S, Route
from app.kit.problems import InvalidRequest

router = APIRouter(prefix="/health", tags=["Health"], route_class=Route)


@router.get("/live", responses=described(InvalidRequest))
async def get_liveness() -> LivenessOut:
    """Does the process answer? If not, start it again."""
    return LivenessOut()


@router.get(
    "/ready",
    responses={
        **described(InvalidRequest),
        503: {"model": ReadinessOut, "description": "`missing` names what is not there."},
    },
)
async def get_readiness(resources: AppResources, response: Response) -> ReadinessOut:
    """Can it work? PostgreSQL answers, its schema is the newest, and a first key exists.

    Without Redis it can: then workers and streams look by themselves, and `degraded` says so. So it
    says `dns` while checks of addresses wait because a worker's resolver cannot be believed.
    """
    found = await probe(resources)
    if found.missing:
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
        response.headers["Retry-After"] = RETRY_AFTER_S
    return ReadinessOut.of(found)
