"""Ask the gate without entering: "why?", and a check before anybody pays to enrich a list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from app.campaigns.repository import CampaignRepository
from app.gate.errors import NotAnAddress
from app.gate.facts import UNKNOWN, Facts, Person
from app.gate.operations import facts_of, gather
from app.gate.reach import Reach, reach_of
from app.gate.repository import FactsRepository
from app.gate.rules import Row, Terms, Verdict, every_stop, same_client, verdict
from app.gate.scope import AppliedScope, applied_scope
from app.gate.sending import SendStop, stops_at_send
from app.identity import domain_key, email_identity, linkedin_key
from app.kit.db import Tx
from app.suppression.repository import SuppressionRepository
from app.suppression.rules import Entry
from app.validation.repository import known
from app.validation.rules import DomainFacts
from app.validation.rules.findings import ANYBODY
from app.values import CampaignId, Code, DuplicateScope, LeadId, WorkspaceId
from app.workspaces.rules import Caller

NO_CAMPAIGN = CampaignId(0)
NOBODY_THERE: Mapping[str, Any] = {"people": 0, "active": 0, "last_contacted_at": None}
MOST_AT_DOMAIN = 200
"""Leads of a domain that a check looks at; a free provider has more than anybody wants counted."""


@dataclass(frozen=True, slots=True)
class Why:
    """What the gate would say of a person and a campaign now, for an add and for a send."""

    email: str
    campaign_id: CampaignId
    scope: AppliedScope
    terms: Terms
    add: Sequence[Verdict]
    """Every rule that says no; empty when the person may enter."""
    send: Sequence[SendStop]
    facts: Facts


@dataclass(frozen=True, slots=True)
class Asked:
    """One row of a check: an address, a LinkedIn profile, or a domain."""

    email: str | None = None
    linkedin_profile: str | None = None
    domain: str | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found out about a row; ``at_domain`` counts the people there."""

    verdict: Verdict
    email: str | None
    lead_id: LeadId | None
    known: bool
    last_contacted_at: datetime | None
    domain: str | None
    at_domain: Mapping[str, Any] | None
    reach: Reach | None = None


@dataclass(frozen=True, slots=True)
class CheckResult:
    """In the order of the rows, and on which terms they were judged."""

    rows: Sequence[Checked]
    terms: Terms


async def why(tx: Tx, caller: Caller, given: str, campaign_id: CampaignId) -> Why:
    """Raises CampaignNotFound, NotAnAddress."""
    campaign = await CampaignRepository(tx, caller.workspace_id).get(campaign_id)
    identity = email_identity(given)
    if identity is None:
        raise NotAnAddress
    scope = applied_scope(None, None, caller.defaults.duplicate_scope, caller.policy)
    terms = Terms(campaign.id, campaign.client_id, caller.policy, datetime.now(UTC), scope.scope)
    row = Row(identity.key)
    [facts] = await gather(tx, caller.workspace_id, [row], terms, for_people=True)
    return Why(
        email=identity.key,
        campaign_id=campaign.id,
        scope=scope,
        terms=terms,
        add=every_stop(row, facts, terms),
        send=stops_at_send(facts, terms),
        facts=visible(facts, terms),
    )


def visible(facts: Facts, terms: Terms) -> Facts:
    """Without the campaigns of other clients, where the workspace keeps clients apart."""
    if not facts.person:
        return facts
    person = facts.person._replace(
        memberships=tuple(m for m in facts.person.memberships if same_client(m.client_id, terms)),
        buried=tuple(b for b in facts.person.buried if same_client(b.client_id, terms)),
    )
    return facts._replace(person=person)


async def check(
    tx: Tx,
    caller: Caller,
    asked: Sequence[Asked],
    campaign_id: CampaignId | None,
    scope: DuplicateScope | None,
) -> CheckResult:
    """What would become of these rows; without a campaign, as if they entered a new one.

    Raises CampaignNotFound.
    """
    terms = await _terms_of_check(tx, caller, campaign_id, scope)
    return CheckResult(await _check(tx, caller.workspace_id, asked, terms), terms)


async def _check(
    tx: Tx, workspace_id: WorkspaceId, asked: Sequence[Asked], terms: Terms
) -> list[Checked]:
    """In a fixed number of statements."""
    facts = FactsRepository(tx, workspace_id)
    profiles = [
        linkedin_key(one.linkedin_profile) if one.linkedin_profile else None for one in asked
    ]
    owners = await facts.owners({key for key in profiles if key})
    keys = [
        owners[profile].email if profile in owners else _key(one)
        for one, profile in zip(asked, profiles, strict=True)
    ]
    people = await facts.people({key for key in keys if key}, deletions=True)
    domains = [_domain(one, key) for one, key in zip(asked, keys, strict=True)]
    stoppable = {key for key in keys if key} | {f"@{domain}" for domain in domains if domain}
    entries = await SuppressionRepository(tx, workspace_id).matching(stoppable)
    there = {domain for domain in domains if domain}
    at_domains = await facts.at_domains(there, MOST_AT_DOMAIN)
    found = await facts.found(people)
    mail = await known(tx, there)
    return [
        replace(
            _checked(one, key, domain, terms, people, entries, at_domains),
            reach=_reach(key, domain, terms, found, mail, at_domains),
        )
        for one, key, domain in zip(asked, keys, domains, strict=True)
    ]


async def _terms_of_check(
    tx: Tx, caller: Caller, campaign_id: CampaignId | None, scope: DuplicateScope | None
) -> Terms:
    applied = applied_scope(scope, None, caller.defaults.duplicate_scope, caller.policy)
    terms = Terms(
        NO_CAMPAIGN,
        None,
        caller.policy,
        datetime.now(UTC),
        applied.scope,
        named_scope=applied.origin == "request",
    )
    if campaign_id is None:
        return terms
    campaign = await CampaignRepository(tx, caller.workspace_id).get(campaign_id)
    return replace(terms, campaign_id=campaign.id, client_id=campaign.client_id)


def _key(asked: Asked) -> str | None:
    identity = email_identity(asked.email) if asked.email else None
    return identity.key if identity else None


def _domain(asked: Asked, email: str | None) -> str | None:
    if asked.domain:
        return domain_key(asked.domain)
    return email.rpartition("@")[2] if email else None


def _checked(
    asked: Asked,
    email: str | None,
    domain: str | None,
    terms: Terms,
    people: dict[str, Person],
    entries: dict[str, list[Entry]],
    at_domains: dict[str, dict[str, Any]],
) -> Checked:
    person = people.get(email or "")
    contacts = [m.contacted_at for m in person.memberships if m.contacted_at] if person else []
    at_domain = at_domains.get(domain or "", NOBODY_THERE)
    if asked.domain:
        contacts = [at_domain["last_contacted_at"]] if at_domain["last_contacted_at"] else []
    row, facts = _row(asked, email, domain, people, entries)
    return Checked(
        verdict=verdict(row, facts, terms),
        email=email,
        lead_id=person.lead_id if person else None,
        known=bool(at_domain["people"]) if asked.domain else person is not None,
        last_contacted_at=max(contacts, default=None),
        domain=domain,
        at_domain=at_domain if domain else None,
    )


def _reach(
    email: str | None,
    domain: str | None,
    terms: Terms,
    found: Mapping[str, Reach],
    mail: Mapping[str, DomainFacts],
    at_domains: Mapping[str, Mapping[str, Any]],
) -> Reach | None:
    """Of a domain as of anybody there."""
    if domain is None:
        return None
    address, facts = email or f"{ANYBODY}@{domain}", mail.get(domain)
    return reach_of(
        address,
        found.get(address),
        facts if facts and facts.fresh_until > terms.now else None,
        terms.policy.valid_requires,
        leads=at_domains.get(domain, NOBODY_THERE)["people"],
    )


def _row(
    asked: Asked,
    email: str | None,
    domain: str | None,
    people: dict[str, Person],
    entries: dict[str, list[Entry]],
) -> tuple[Row, Facts]:
    """A domain is judged like a stranger there, an unknown profile like a new person."""
    if email:
        row = Row(email)
        return row, facts_of(row, people, entries, {})
    if asked.domain:
        if domain is None:
            return Row(None, broken=Code.INVALID_FIELD), UNKNOWN
        return Row(f"@{domain}"), Facts(None, tuple(entries.get(f"@{domain}", ())))
    if asked.email:
        return Row(None, broken=Code.INVALID_EMAIL), UNKNOWN
    known_kind = linkedin_key(asked.linkedin_profile or "")
    return (Row(None) if known_kind else Row(None, broken=Code.INVALID_FIELD)), UNKNOWN
