"""The plans that connections keep: one index look-up per row, on an empty database as on a big one.

Without statistics the planner takes ``workspace_id`` alone for as good as a whole key, and what it
chooses while a table is small it keeps for as long as the connection lives.
"""

import asyncio
import importlib
import json
import pkgutil
import re
from collections.abc import AsyncIterator, Iterator

import pytest

import app
from app import migrate
from app.gate.repository import BURIED, FOUND, OWNERS, PEOPLE
from app.imports.breakdown import By
from app.imports.repository.breakdown import HASHED, lines_of
from app.imports.repository.ledger import DID_SOMETHING, NOTE_UNDONE
from app.imports.repository.ledgers import Ledgers
from app.imports.repository.pushes import SUMMARY, UNDOABLE
from app.imports.repository.refused import page_of
from app.kit.db import Tx
from app.kit.resources import Resources, open_resources
from app.leads.repository.addresses import KNOWN as KNOWN_MAILBOXES
from app.leads.repository.admission import CURRENT, OWN_FIELDS
from app.leads.repository.demands import AGAIN, CHECKED, DEMAND, DEMAND_OF_CAMPAIGN
from app.leads.repository.filtering import ALONG_THE_INDEX, Statement
from app.leads.repository.judging import CHUNK
from app.leads.repository.judging import WRITE as JUDGED_AGAIN
from app.leads.repository.listing import WHOLE
from app.leads.repository.progress import (
    FEW_OF_CAMPAIGN,
    FEW_OF_IMPORT,
    MANY_OF_CAMPAIGN,
    MANY_OF_IMPORT,
    SIDE_BY_SIDE,
)
from app.leads.repository.undoing import HOLD, NOW, REMOVE_LEADS, REMOVE_MEMBERS
from app.leads.repository.undoing import OWNERS as CLAIMED
from app.leads.repository.undoing import PEOPLE as TO_UNDO
from app.leads.repository.validating import (
    COLUMNS,
    EARLIER,
    MEMBERS,
    MOVE,
    PEOPLE_AT,
)
from app.leads.repository.validating import HOLD as HOLD_PEOPLE
from app.leads.repository.validating import STORE as STORE_RESULTS
from app.leads.repository.verifying import LEASE
from app.leads.repository.waiting import DUE, TAKE
from app.leads.rules.filters import EVERY_LEAD, LeadFilter
from app.retention.repository import REMOVE_DOMAINS
from app.settings import Settings
from app.suppression.repository import MATCHING
from app.validation.overrides.repository import REMOVE as REMOVE_OVERRIDES
from app.validation.repository import CLAIM, EXPIRE, FRESH, KNOWN, RELEASE, STORE
from app.values import CampaignId, LeadId, LeadStatus, ValidationWord
from tests.servers import fresh_database

REFERRED = (
    "select 1 from campaign_leads x where workspace_id = $1 and lead_id = $2 for key share of x"
)
FILTERS = {
    "everybody": (EVERY_LEAD, "(id > "),
    "words": (LeadFilter(city=("Oslo",), q="a"), "(id > "),
    "pipeline": (LeadFilter(in_pipeline=True, city=("Oslo",)), "(id > "),
    "chosen": (LeadFilter(in_pipeline=True, lead_ids=(LeadId(1),)), "(id = "),
    "members": (LeadFilter(status=(LeadStatus.PAUSED,)), "(lead_id > "),
    "chosen members": (
        LeadFilter(status=(LeadStatus.PAUSED,), lead_ids=(LeadId(1),)),
        "(lead_id > ",
    ),
    "validation": (LeadFilter(validation=(ValidationWord.VALID,)), "(id > "),
    "validation of members": (
        LeadFilter(validation=(ValidationWord.PENDING,), campaign_id=(CampaignId(1),)),
        "(lead_id > ",
    ),
    "campaign": (LeadFilter(campaign_id=(CampaignId(1),)), "(lead_id > "),
    "campaigns": (
        LeadFilter(campaign_id=(CampaignId(1), CampaignId(2)), tags_any=("Q4",)),
        "(lead_id > ",
    ),
}
"""And the condition by which the index is entered."""

FOREIGN_KEY = "select 1 from leads x where workspace_id = $1 and id = $2 for key share of x"

COUNTED = {
    ("campaign_id", "campaign_leads"),
    ("id", "leads"),
    ("lead_id", "unvalidated"),
    ("lead_id", "validations"),
}
OF_PUSH = Ledgers.of_push("", None)
OF_ROWS = "bigint, text, timestamptz, text[], bigint, int, bigint, bigint"

# statement, types of its parameters, the indexes that it may use and how far it must use them
CASES = {
    "people": (
        PEOPLE,
        "bigint, text, text",
        {("email", "leads"), ("lead_id", "campaign_leads"), ("lead_id", "validations")},
    ),
    "owners": (OWNERS, "bigint, text[]", {("linkedin_key", "lead_linkedin"), ("id", "leads")}),
    "deletions": (BURIED, "bigint, text[]", {("email", "tombstones"), ("id", "campaigns")}),
    "suppressions": (MATCHING, "bigint, text, text", {("entry", "suppressions")}),
    "current": (CURRENT, "bigint, bigint[]", {("id", "leads")}),
    "own fields": (OWN_FIELDS, "bigint, bigint, bigint[]", {("lead_id", "campaign_leads")}),
    "page": (
        WHOLE,
        "bigint, bigint, bigint, bigint, bigint",
        {("id", "campaign_leads"), ("id", "leads")},
    ),
    "push": (SUMMARY, "bigint, text, timestamptz", {("push", "imports")}),
    "push to undo": (
        UNDOABLE,
        "bigint, text, timestamptz, text[], timestamptz",
        {("push", "imports"), ("id", "campaigns")},
    ),
    "people to undo": (TO_UNDO, "bigint, bigint[]", {("id", "leads")}),
    "owners to undo": (CLAIMED, "bigint, text[]", {("linkedin_key", "lead_linkedin")}),
    "who is undone": (HOLD, "bigint, bigint[]", {("id", "leads")}),
    "what is undone": (
        NOW,
        "bigint, bigint, bigint[], bigint[], bigint[], bigint[]",
        {("id", "leads"), ("lead_id", "campaign_leads"), ("lead_id", "lead_events")},
    ),
    "removed members": (
        REMOVE_MEMBERS,
        "bigint, bigint[], bigint",
        {("id", "campaign_leads")},
    ),
    "removed from the queue": (REMOVE_LEADS[0], "bigint, bigint[]", {("lead_id", "unvalidated")}),
    "removed results": (REMOVE_LEADS[1], "bigint, bigint[]", {("lead_id", "validations")}),
    "removed history": (REMOVE_LEADS[2], "bigint, bigint[]", {("lead_id", "lead_events")}),
    "removed leads": (REMOVE_LEADS[3], "bigint, bigint[]", {("id", "leads")}),
    "people at a domain": (PEOPLE_AT, "bigint, text[], bigint", {("workspace_id", "leads")}),
    "found before": (
        EARLIER,
        "bigint, bigint[], int",
        {("lead_id", "validations"), ("id", "leads")},
    ),
    "who is validated": (HOLD_PEOPLE, "bigint, bigint[]", {("id", "leads")}),
    "out of the queue": (TAKE, "bigint, bigint[]", {("lead_id", "unvalidated")}),
    "asked for at the provider": (
        LEASE,
        "bigint, bigint, interval[]",
        {("workspace_id", "unvalidated"), ("id", "leads")},
    ),
    "results": (
        STORE_RESULTS,
        f"bigint, jsonb, int, text{', text' * len(COLUMNS)}",
        {("id", "leads")},
    ),
    "members who are validated": (
        MEMBERS,
        "bigint, bigint[]",
        {("lead_id", "campaign_leads"), ("id", "leads")},
    ),
    "members found invalid": (
        MOVE,
        "bigint, bigint[], bigint[], text[]",
        {("lead_id", "campaign_leads")},
    ),
    "what was found out": (
        FOUND,
        "bigint, text[]",
        {("email", "leads"), ("lead_id", "validations")},
    ),
    "known mailboxes": (
        KNOWN_MAILBOXES,
        "bigint, text[], int",
        {("email", "leads"), ("lead_id", "validations")},
    ),
    "members to check again": (
        DEMAND_OF_CAMPAIGN,
        "bigint, bigint, bigint, bigint, text[], timestamptz, bool, int",
        {("campaign_id", "campaign_leads"), ("id", "leads"), ("lead_id", "validations")},
    ),
    "somebody to check again": (
        DEMAND,
        "bigint, bigint[], text[], timestamptz, bool, int",
        {("id", "leads"), ("lead_id", "validations")},
    ),
    "old results": (
        AGAIN,
        "bigint, bigint, bigint, int, bigint, bool, int",
        {("id", "leads"), ("lead_id", "validations"), ("lead_id", "unvalidated")},
    ),
    "first and last result": (CHECKED, "bigint", {("workspace_id", "validations")}),
    "how far a campaign is checked": (FEW_OF_CAMPAIGN, "bigint, bigint", COUNTED),
    "how far an import is checked": (FEW_OF_IMPORT, "bigint, bigint, bigint", COUNTED),
    "rows to undo": (
        DID_SOMETHING,
        "bigint, bigint, int, int, int",
        {("run", "import_rows")},
    ),
    "undone rows": (
        NOTE_UNDONE,
        "bigint, bigint, int, int[], text[], int, int",
        {("run", "import_rows")},
    ),
    "referred": (REFERRED, "bigint, bigint", {("lead_id", "campaign_leads")}),
    "fresh domains": (FRESH, "text, text", {("domain", "mail_domains")}),
    "claimed domains": (CLAIM, "text[], uuid, interval", {("domain", "mail_domains")}),
    "learned domains": (STORE, "text[], jsonb[], uuid", {("domain", "mail_domains")}),
    "released domains": (RELEASE, "text[], uuid", {("domain", "mail_domains")}),
    "expired domain": (EXPIRE, "text, interval", {("domain", "mail_domains")}),
    "known domains": (KNOWN, "text[]", {("domain", "mail_domains")}),
    "removed overrides": (
        REMOVE_OVERRIDES,
        "bigint, text[], text[]",
        {("entry", "list_overrides")},
    ),
    "judged again": (
        JUDGED_AGAIN,
        "bigint, int, bigint[], text[], timestamptz[], text[], text[], bool[], bool[], bool[],"
        " bool[], text[], timestamptz[]",
        {("lead_id", "validations")},
    ),
    "foreign key": (FOREIGN_KEY, "bigint, bigint", {("id", "leads")}),
}

READ_MORE = {
    # Everybody in a campaign is counted.
    "app.leads.repository.progress.MANY_OF_CAMPAIGN",
    "app.leads.repository.progress.MANY_OF_IMPORT",
    # What is old is looked for once in a while, across everything.
    "app.retention.repository.WITH_EXPIRED",
    "app.retention.repository.HOLD_UNUSED_UPLOADS",
    "app.retention.repository.REMOVE_UNUSED_UPLOADS",
    # One person's memberships; the rows between two numbers.
    "app.leads.repository.members.MOVE",
    "app.imports.repository.ledger.NOTE_UNDONE",
}
STATEMENT = re.compile(r"\s*(with|select|insert|update|delete)\b.*\$1\b", re.DOTALL)
PARAMETER = re.compile(r"\$\d+")
TEMPLATES = {"app.activity.repository.FEED", "app.launch.repository.REMOVE_SOME"}

GROW = (
    "insert into workspaces (name, preset, default_scope, floor, boundary, duplicate_flag_meaning)"
    " select '', '', '', '', '', '' from generate_series(1, $1) n",
    "insert into campaigns (workspace_id, id, name, status, lead_source)"
    " select 1, n, '', '', '' from generate_series(1, 10) n",
    "insert into leads (workspace_id, id, email)"
    " select 1, n, n || '@example.com' from generate_series(1, $1) n",
    "insert into unvalidated (workspace_id, lead_id, domain)"
    " select 1, n, n || '.com' from generate_series(1, $1) n",
    "insert into validations (workspace_id, lead_id, email, result, reason, level, source,"
    " rules_version, checked_at)"
    " select 1, n, n || '@example.com', 'valid', '', '', '', 1, now()"
    " from generate_series(1, $1) n",
    "insert into lead_linkedin (workspace_id, linkedin_key, lead_id)"
    " select 1, n::text, n from generate_series(1, $1) n",
    "insert into campaign_leads (workspace_id, campaign_id, lead_id, status)"
    " select 1, 1 + n % 10, n, '' from generate_series(1, $1) n",
    "insert into tombstones (workspace_id, email, campaign_id, deleted_at)"
    " select 1, n || '@example.com', 1 + n % 10, now() from generate_series(1, $1) n",
    "insert into imports (workspace_id, id, campaign_id, source, state, push)"
    " select 1, n, 1, '', '', n % 10 from generate_series(1, $1 / 100) n",
    "insert into import_rows (workspace_id, import_id, run, row_no, code)"
    " select 1, 1 + n % ($1 / 100), 1, n, '' from generate_series(1, $1) n",
    "insert into lead_events (workspace_id, lead_id, type, source)"
    " select 1, n, '', '' from generate_series(1, $1) n",
    "insert into suppressions (workspace_id, kind, entry, source)"
    " select 1, 'block', n || '@example.com', '' from generate_series(1, $1) n",
    "insert into list_overrides (workspace_id, list, entry, listed)"
    " select 1, 'free', n || '.com', true from generate_series(1, $1) n",
    "insert into mail_domains (domain) select n || '.com' from generate_series(1, $1) n",
)
EMPTY = (
    "truncate workspaces, campaigns, leads, lead_linkedin, lead_events, tombstones, suppressions,"
    " imports, import_rows, list_overrides, mail_domains, unvalidated, validations cascade"
)


@pytest.fixture
async def fresh(settings: Settings) -> AsyncIterator[Resources]:
    """A database that was migrated just now, and never analyzed since."""
    async with fresh_database(settings.database_url) as url:
        await asyncio.to_thread(migrate.upgrade, url)
        async with open_resources(settings.model_copy(update={"database_url": url})) as opened:
            yield opened


async def test_no_kept_plan_reads_more_than_it_is_asked_for(fresh: Resources) -> None:
    """As a hash join does, and ``exists`` where it is hashed: once for all of an import, in every
    chunk of it.
    """
    statements = dict(every_statement())
    assert statements.keys() >= READ_MORE
    for rows, analyzed in ((0, False), (400, False), (20_000, False), (20_000, True)):
        async with fresh.database.transaction() as tx:
            if rows:
                await grow(tx, rows, analyzed=analyzed)
            found = {
                name: await kept_plan(tx, statements[name])
                for name in statements.keys() - READ_MORE
            }
            wrong = {name for name, plan in found.items() if any(map(reads_more, plan))}
            assert not wrong, rows
            await tx.rows(EMPTY)


async def test_kept_plans_look_up_by_the_whole_key(fresh: Resources) -> None:
    for rows, analyzed in ((0, False), (400, False), (20_000, True)):
        async with fresh.database.transaction() as tx:
            if rows:
                await grow(tx, rows, analyzed=analyzed)
            found = {case: await kept_plan(tx, *CASES[case][:2]) for case in CASES}
            wrong = {case: found[case] for case in CASES if not is_right(found[case], case)}
            assert not wrong, rows
            await tx.rows(EMPTY)


QUEUE = ("out of the queue", "removed from the queue", "old results")


@pytest.mark.parametrize("case", QUEUE)
async def test_a_queue_that_was_empty_when_it_was_analyzed(fresh: Resources, case: str) -> None:
    """As it is between two lists: of no rows, every index finds the same."""
    fill = next(one for one in GROW if "into unvalidated" in one)
    async with fresh.database.transaction() as tx:
        await tx.rows(fill, 5_000)
    async with fresh.database.transaction() as tx:
        await tx.rows("delete from unvalidated")
    async with fresh.database.transaction() as tx:
        await tx.rows("analyze unvalidated")
        [seen] = await tx.rows(
            "select reltuples, relpages from pg_class where relname = 'unvalidated'"
        )
        assert (seen["reltuples"], seen["relpages"] > 0) == (0, True)
        await tx.rows(fill, 5_000)
        found = await kept_plan(tx, *CASES[case][:2])
        conditions = [
            str(node["Index Cond"])
            for node in looked_up(found)
            if node["Relation Name"] == "unvalidated"
        ]
        assert any("(lead_id = " in one for one in conditions), found
        scanned = [n for n in scans(found, "Seq Scan") if n["Relation Name"] == "unvalidated"]
        assert not scanned, found


async def test_a_page_of_refused_rows_begins_where_the_last_one_ended(fresh: Resources) -> None:
    for rows, analyzed in ((0, False), (400, False), (20_000, True)):
        async with fresh.database.transaction() as tx:
            if rows:
                await grow(tx, rows, analyzed=analyzed)
            found = await kept_plan(tx, page_of(OF_PUSH), OF_ROWS)
            conditions = " ".join(str(node["Index Cond"]) for node in looked_up(found))
            assert "(push = $2)" in conditions, (rows, conditions)
            assert "(row_no > " in conditions, (rows, conditions)
            await tx.rows(EMPTY)


async def test_a_chunk_of_who_waits_begins_where_the_last_one_ended(fresh: Resources) -> None:
    for rows, analyzed in ((0, False), (400, False), (20_000, True)):
        async with fresh.database.transaction() as tx:
            if rows:
                await grow(tx, rows, analyzed=analyzed)
            found = await kept_plan(tx, DUE, "bigint, timestamptz, text, bigint")
            assert not scans(found, "Sort"), (rows, found)
            [condition] = [str(node["Index Cond"]) for node in looked_up(found)]
            assert "(ROW(due_at, domain) > " in condition, (rows, condition)
            found = await kept_plan(tx, LEASE, "bigint, bigint, interval[]")
            assert not scans(found, "Sort"), (rows, found)
            await tx.rows(EMPTY)


async def test_a_chunk_of_who_is_judged_again_begins_where_the_last_one_ended(
    fresh: Resources,
) -> None:
    for rows, analyzed in ((0, False), (400, False), (20_000, True)):
        async with fresh.database.transaction() as tx:
            if rows:
                await grow(tx, rows, analyzed=analyzed)
            found = await kept_plan(tx, CHUNK, "bigint, bigint, bigint, text")
            assert not scans(found, "Sort"), (rows, found)
            [condition] = [str(node["Index Cond"]) for node in looked_up(found)]
            assert "(lead_id > " in condition, (rows, condition)
            await tx.rows(EMPTY)


@pytest.mark.parametrize("statement", [MANY_OF_CAMPAIGN, MANY_OF_IMPORT])
async def test_many_are_counted_side_by_side(fresh: Resources, statement: str) -> None:
    types = ", ".join(["bigint"] * (3 if "$3" in statement else 2))
    for rows, analyzed in ((0, False), (400, False), (20_000, False), (20_000, True)):
        async with fresh.database.transaction() as tx:
            if rows:
                await grow(tx, rows, analyzed=analyzed)
            await tx.rows(SIDE_BY_SIDE)
            found = await kept_plan(tx, statement, types)
            assert len(scans(found, "Merge Join")) == 3, (rows, found)
            for kind in ("Sort", "Incremental Sort", "Seq Scan"):
                assert not scans(found, kind), (rows, found)
            await tx.rows(EMPTY)


async def test_domains_are_looked_at_one_after_the_other(fresh: Resources) -> None:
    """And at nobody's leads but those there."""
    for rows, analyzed in ((0, False), (400, False), (20_000, True)):
        async with fresh.database.transaction() as tx:
            if rows:
                await grow(tx, rows, analyzed=analyzed)
            found = await kept_plan(tx, REMOVE_DOMAINS, "text, int, bigint")
            assert not scans(found, "Sort"), (rows, found)
            conditions = {n["Relation Name"]: str(n["Index Cond"]) for n in looked_up(found)}
            assert "(domain > " in conditions["mail_domains"], (rows, conditions)
            assert "split_part(" in conditions["leads"], (rows, conditions)
            await tx.rows(EMPTY)


async def test_rows_are_counted_without_being_sorted(fresh: Resources) -> None:
    """Of a ledger that was never analyzed, and so looks small."""
    async with fresh.database.transaction() as tx:
        await tx.rows(HASHED)
        types = "bigint, text, timestamptz, text[], bigint, text, bigint"
        found = await kept_plan(tx, lines_of(OF_PUSH, By.CAMPAIGN), types)
    assert not [node for node in scans(found, "Aggregate") if node["Strategy"] == "Sorted"]


def is_right(found: list[dict[str, object]], case: str) -> bool:
    conditions = {(n["Relation Name"], str(n["Index Cond"])) for n in looked_up(found)}
    return not scans(found, "Seq Scan") and all(
        any(
            table == relation and f"({column} = " in condition for relation, condition in conditions
        )
        for column, table in CASES[case][2]
    )


@pytest.mark.parametrize("case", FILTERS)
async def test_a_page_of_a_filter_goes_on_where_the_last_one_ended(
    fresh: Resources, case: str
) -> None:
    """Along an index, without reading what the pages before showed, and without a sort."""
    by, entered = FILTERS[case]
    asked = Statement.of(by, 1, 0, 1)
    types = ", ".join(["unknown"] * (len(asked.arguments) + 2))
    for rows, analyzed in ((0, False), (400, False), (20_000, True)):
        async with fresh.database.transaction() as tx:
            if rows:
                await grow(tx, rows, analyzed=analyzed)
            await tx.rows(ALONG_THE_INDEX)
            found = await kept_plan(tx, asked.page(), types)
            assert not scans(found, "Seq Scan"), (rows, found)
            assert by.lead_ids or not scans(found, "Sort"), (rows, found)
            assert not scans(found, "Hash Join"), (rows, found)
            conditions = [str(node["Index Cond"]) for node in looked_up(found)]
            assert any(entered in one for one in conditions), (rows, conditions)
            if by.in_pipeline:
                assert any("(lead_id = " in one for one in conditions), (rows, conditions)
            await tx.rows(EMPTY)


async def grow(tx: Tx, rows: int, *, analyzed: bool) -> None:
    for statement in GROW:
        await tx.rows(statement, *([rows] if "$1" in statement else []))
    if analyzed:
        await tx.rows("analyze")


def every_statement() -> Iterator[tuple[str, str]]:
    """With the name of each: the constants of our modules, but for those that are not whole."""
    for module in pkgutil.walk_packages(app.__path__, "app."):
        for name, value in vars(importlib.import_module(module.name)).items():
            named = f"{module.name}.{name}"
            if isinstance(value, str) and STATEMENT.match(value) and named not in TEMPLATES:
                yield named, value


async def kept_plan(tx: Tx, statement: str, types: str = "") -> list[dict[str, object]]:
    """All nodes of the plan that a connection keeps for a prepared statement."""
    await tx.rows("set local plan_cache_mode = force_generic_plan")
    await tx.rows(f"prepare kept {types and f'({types})'} as {statement}")
    nulls = ", ".join(["null"] * len(set(PARAMETER.findall(statement))))
    found = await tx.rows(f"explain (format json) execute kept ({nulls})")
    await tx.rows("deallocate kept")
    document = found[0][0]
    plan = json.loads(document) if isinstance(document, str) else document
    return list(nodes(plan[0]["Plan"]))


def nodes(plan: dict[str, object]) -> list[dict[str, object]]:
    below = plan.get("Plans", [])
    assert isinstance(below, list)
    for child in below:
        if child["Node Type"] == "Bitmap Index Scan" and "Relation Name" in plan:
            child["Relation Name"] = plan["Relation Name"]  # it names its index alone
    return [plan, *(node for child in below for node in nodes(child))]


def scans(found: list[dict[str, object]], kind: str) -> list[dict[str, object]]:
    return [node for node in found if node["Node Type"] == kind]


def reads_more(node: dict[str, object]) -> bool:
    return node["Node Type"] in ("Hash Join", "Merge Join") or "hashed SubPlan" in str(node)


def looked_up(found: list[dict[str, object]]) -> list[dict[str, object]]:
    return [node for node in found if "Index Cond" in node and "Relation Name" in node]
