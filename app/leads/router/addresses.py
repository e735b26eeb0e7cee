"""Ask about addresses, whoever they are."""

from typing import Annotated

from fastapi import APIRouter, Path

from app.deps import AppResources, KeyedRoute, Reader, ReadUnit, problems
from app.kit.fields import BIGGEST
from app.leads.errors import TooManyValidations, ValidationNotFound
from app.leads.operations.addresses import answered, check_addresses, queue_rest
from app.leads.rules.addresses import Answered
from app.leads.schemas.addresses import ValidatedOut, ValidateIn
from app.values import JobId


class AddressesRoute(KeyedRoute):
    """One text that cannot be stored does not keep the others from their answers."""

    mends_text = True


router = APIRouter(route_class=AddressesRoute)

ValidationPath = Annotated[JobId, Path(ge=1, le=BIGGEST, description="The `id` of the answer.")]


@router.post(
    "/validate",
    responses=problems(TooManyValidations)
    | {202: {"model": ValidatedOut, "description": "Some are pending."}},
)
async def validate_addresses(
    body: ValidateIn, unit: ReadUnit, resources: AppResources
) -> ValidatedOut:
    """Check up to 1,000 addresses: their form, their domain, and what is known of the mailbox.

    What takes longer than two seconds is `pending`, and answered by `GET /validate/{id}`.
    """
    emails = body.given()
    addresses = await check_addresses(resources, unit.caller, emails)
    return await unit.run(queue_rest, emails, addresses, answer=ValidatedOut.of, status=_status)


@router.get("/validate/{validation_id}", responses=problems(ValidationNotFound))
async def get_validated_addresses(
    validation_id: ValidationPath, caller: Reader, resources: AppResources
) -> ValidatedOut:
    """Show what is known by now; nothing is pending after five minutes. Kept for a week."""
    return ValidatedOut.of(await answered(resources, caller, validation_id))


def _status(found: Answered) -> int:
    return 202 if found.pending else 200
