"""The facts about mail domains in the database: one row each, for all workspaces."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from uuid import UUID

from app.kit.arrays import packed
from app.kit.db import Database, Tx
from app.kit.documents import written
from app.validation.rules import DomainFacts

DOMAIN_IS_NOT_ENOUGH = """v.result = 'valid' and v.level = 'domain' and (
        select valid_requires = 'mailbox' from workspaces where id = $1)"""
RESULT = f"case when {DOMAIN_IS_NOT_ENOUGH} then 'unverified' else v.result end"
REASON = f"case when {DOMAIN_IS_NOT_ENOUGH} then 'not_probed' else v.reason end"
"""Of ``v``, a row of validations, as its workspace counts it now: what is stored is what was
found, so that a change of policy rewrites nothing.
"""


def fresh_mailbox(days: str) -> str:
    """Of ``v``, a row of validations: somebody looked at the mailbox, within so many days."""
    return f"""(v.level in ('mailbox', 'provider')
       and v.checked_at > now() - make_interval(days => {days}))"""


FRESH = """
select d.domain, d.facts from unnest(string_to_array($2, $1)) wanted (domain)
cross join lateral (
    select * from mail_domains where domain = wanted.domain offset 0) d
where d.fresh_until > clock_timestamp()
"""
"""Lateral, with "offset 0": an index look-up per domain, whatever the statistics say."""

KNOWN = """
select d.domain, d.facts from unnest($1::text[]) wanted (domain)
cross join lateral (
    select * from mail_domains where domain = wanted.domain offset 0) d
where d.facts is not null
"""

# First without locks, which only those need who come for the same domains at the same moment. In
# the order of the index, so that they wait for each other and do not deadlock.
CLAIM = """
insert into mail_domains as d (domain, lease, lease_until)
select wanted.domain, $2, clock_timestamp() + $3
from unnest($1::text[]) wanted (domain)
where not coalesce((
    select k.fresh_until > clock_timestamp() or k.lease_until > clock_timestamp()
    from mail_domains k where k.domain = wanted.domain), false)
order by wanted.domain collate "C"
on conflict (domain) do update
    set lease = excluded.lease, lease_until = excluded.lease_until
    where not coalesce(d.fresh_until > clock_timestamp(), false)
      and not coalesce(d.lease_until > clock_timestamp(), false)
returning domain, facts
"""

# Who lost the lease meanwhile writes nothing: somebody else asks, and will.
STORE = """
update mail_domains d
set facts = learned.facts, fresh_until = (learned.facts ->> 'fresh_until')::timestamptz,
    lease = null, lease_until = null
from unnest($1::text[], $2::jsonb[]) learned (domain, facts)
where d.domain = learned.domain and d.lease = $3
"""

RELEASE = """
update mail_domains d set lease = null, lease_until = null
from unnest($1::text[]) claimed (domain)
where d.domain = claimed.domain and d.lease = $2
"""

EXPIRE = """
update mail_domains set fresh_until = clock_timestamp()
where domain = $1 and fresh_until > clock_timestamp()
  and (facts ->> 'asked_at')::timestamptz < clock_timestamp() - $2::interval
"""


async def fresh(database: Database, domains: Collection[str]) -> dict[str, DomainFacts]:
    """Those of which something is known that still holds."""
    rows = await database.fetch(FRESH, *_packed(domains))
    return {row["domain"]: DomainFacts.from_json(row["facts"]) for row in rows}


async def known(tx: Tx, domains: Collection[str]) -> dict[str, DomainFacts]:
    """What was learned of these domains last, whether it still holds or not."""
    rows = await tx.rows(KNOWN, list(domains))
    return {row["domain"]: DomainFacts.from_json(row["facts"]) for row in rows}


async def claim(
    tx: Tx, domains: Collection[str], lease: UUID, lease_for: timedelta
) -> dict[str, DomainFacts | None]:
    """Take those of which nothing holds and for which nobody asks; gives what was known before."""
    rows = await tx.rows(CLAIM, list(domains), lease, lease_for)
    return {
        row["domain"]: None if row["facts"] is None else DomainFacts.from_json(row["facts"])
        for row in rows
    }


async def store(tx: Tx, learned: Mapping[str, DomainFacts], lease: UUID) -> None:
    """What was learned of claimed domains; the claim ends by it."""
    facts = [written(one.to_json()) for one in learned.values()]
    await tx.rows(STORE, list(learned), facts, lease)


async def expire(tx: Tx, domain: str, older_than: timedelta) -> None:
    """Have it asked for again, if that was so long ago."""
    await tx.rows(EXPIRE, domain, older_than)


async def release(tx: Tx, domains: Collection[str], lease: UUID) -> None:
    """Somebody else may ask at once."""
    await tx.rows(RELEASE, list(domains), lease)


def _packed(domains: Collection[str]) -> tuple[str, str]:
    separator, [listed] = packed([domains])
    return separator, listed
