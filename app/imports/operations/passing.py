"""Which checks an import was told to pass over, for the audit log."""

from app.audit.operations import record
from app.imports.settings import AppliedSettings
from app.kit.db import Tx
from app.values import CampaignId, ImportId
from app.workspaces.rules import Caller


async def note_passed_over(
    tx: Tx, caller: Caller, import_id: ImportId, campaign_id: CampaignId, settings: AppliedSettings
) -> None:
    if passed := settings.passed_over():
        after = {"flags": passed, "campaign_id": campaign_id}
        await record(tx, caller, "import.checks_passed_over", f"import:{import_id}", after=after)
