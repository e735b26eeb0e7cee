"""The terms on which rows come in, on the wire. SmartLead's names end here."""

from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from app.imports.schemas.fields import Push
from app.imports.settings import BatchSettings, Flags
from app.kit.fields import Flag, Lenient, Text
from app.values import DuplicateScope, Mode, OnLinkedinMatch

Tag = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class FlagsIn(Lenient):
    """What the sender passes over. Null and "" do not speak."""

    ignore_global_block_list: Flag | None = None
    ignore_unsubscribe_list: Flag | None = None
    ignore_unsubscribe: Flag | None = Field(
        None, description="The same as ignore_unsubscribe_list."
    )
    ignore_duplicate_leads_in_other_campaign: Flag | None = None
    ignore_community_bounce_list: Flag | None = Field(
        None, description="Accepted; there is no such list here."
    )
    ignore_duplicate_leads_in_same_campaign: Flag | None = Field(
        None, description="Accepted; such leads are never added twice."
    )
    ignore_invalid_emails: Flag | None = Field(
        None, description="Accepted; such leads are always skipped."
    )
    ignore_undeliverable: Flag | None = None
    ignore_recent_contact: Flag | None = None
    return_lead_ids: Flag | None = None


class TermsIn(FlagsIn):
    """SmartLead's settings, and ours.

    Each may be absent or null, and then the key's default speaks.
    """

    model_config = ConfigDict(extra="forbid")

    mode: Mode | None = None
    duplicate_scope: DuplicateScope | None = None
    overwrite_existing: Flag | None = None
    on_linkedin_match: OnLinkedinMatch | None = None
    dry_run: Flag | None = None
    verify_email: Flag | None = Field(
        None, description="Check the addresses of known people again; new ones always are."
    )
    tags: list[Tag] | None = Field(None, max_length=50)
    source: Text | None = None
    push: Push | None = None

    def terms(self, *outer: FlagsIn) -> BatchSettings:
        """A flag may stand in the settings, which speak first, or beside them."""

        def flag(*names: str) -> bool | None:
            spoken = [getattr(where, name) for where in (self, *outer) for name in names]
            return next((value for value in spoken if value is not None), None)

        return BatchSettings(
            duplicate_scope=self.duplicate_scope,
            ignore_duplicates=flag("ignore_duplicate_leads_in_other_campaign"),
            mode=self.mode,
            overwrite_existing=self.overwrite_existing,
            on_linkedin_match=self.on_linkedin_match,
            source=self.source or None,
            tags=tuple(self.tags) if self.tags is not None else None,
            push=self.push,
            flags=Flags(
                ignore_global_block_list=flag("ignore_global_block_list"),
                ignore_unsubscribe_list=flag("ignore_unsubscribe_list", "ignore_unsubscribe"),
                ignore_undeliverable=flag("ignore_undeliverable"),
                ignore_recent_contact=flag("ignore_recent_contact"),
            ),
            dry_run=self.dry_run,
            verify_email=self.verify_email,
            return_lead_ids=bool(flag("return_lead_ids")),
        )
