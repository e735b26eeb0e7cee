"""The one place that begins and commits transactions."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from typing import IO, Any, BinaryIO, TypeVar, cast

import asyncpg
from opentelemetry.trace import NoOpTracer, SpanKind, Tracer, get_current_span
from sqlalchemy import CursorResult, Executable, event
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import QueuePool

from app.kit.metrics import Counted, Metrics
from app.kit.problems import ServiceUnavailable
from app.kit.traces import span_within
from app.values import JobId

T = TypeVar("T")

RETRIED = {"40P01": "deadlock", "40001": "serialization"}
"""These transactions did nothing, so they may run again."""
ATTEMPTS = 8
"""Two would do for deadlocks; the facts about few people whom many change at once change often."""
LONGEST_PAUSE_S = 0.3
ANSWER_S = 5
"""How much later than PostgreSQL itself we give a statement up, at most: then nobody is there."""
HANG_UP_S = 2
"""For a good end, of a transaction or of all connections, before they are simply cut."""
AWAY = ("08", "25006", "53", "57P")
"""Connection lost, read-only after a failover, out of resources, shutting down or starting up."""
SLOW = {"55P03", "57014"}
"""Lock and statement time-out."""


class DatabaseAway(Exception):
    """PostgreSQL could not be reached, or fell silent; the cause says how."""


class FactsChanged(Exception):
    """What was read before the locks is no longer so; run the transaction again."""


class Tx:
    """A running transaction: SQLAlchemy statements, and set-based SQL for the driver."""

    def __init__(self, connection: AsyncConnection, driver: "asyncpg.Connection[Any]") -> None:
        self._connection = connection
        self._driver = driver
        self.queued: list[JobId] = []
        """Jobs written by this transaction; workers hear of them after the commit."""
        self.counted: Counter[tuple[Counted, tuple[str, ...]]] = Counter()
        self.changed: set[str] = set()
        """Topics of what this transaction changed; who watches them hears of it after the commit.

        That something changed which did not after all, because of a savepoint, does no harm.
        """

    def count(self, counted: Counted, *values: str, n: int = 1) -> None:
        """Something for the metrics, which hear of it after the commit."""
        self.counted[counted, values] += n

    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """A SQLAlchemy Core statement."""
        with _away():
            return await self._connection.execute(statement, parameters)

    async def rows(self, sql: str, *arguments: Any) -> "list[asyncpg.Record]":
        """Set-based SQL with ``$n`` placeholders, straight to asyncpg: arrays in, records out.

        For statements over a whole batch, where SQLAlchemy's own multi-values insert takes eight
        times as long.
        """
        with _away():
            records: list[asyncpg.Record] = await self._driver.fetch(sql, *arguments)
        return records

    async def copy(
        self, table: str, columns: Sequence[str], records: Iterable[Sequence[Any]]
    ) -> None:
        """Rows in bulk, by COPY: for what cannot conflict."""
        with _away():
            await self._driver.copy_records_to_table(table, columns=columns, records=records)

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """What the block wrote is undone when it raises, and the transaction may go on.

        The jobs that it queued are forgotten too, and what it counted.
        """
        queued, counted = len(self.queued), self.counted.copy()
        with _away():
            await self._driver.execute("savepoint here")
        try:
            yield
        except Exception as error:
            if not is_away(error):  # else there is nobody to ask for it
                with _away():
                    await self._driver.execute("rollback to savepoint here; release savepoint here")
            del self.queued[queued:]
            self.counted = counted
            raise
        with _away():
            await self._driver.execute("release savepoint here")

    async def copy_out(self, table: str, columns: Sequence[str], file: IO[bytes]) -> int:
        """Write a whole table as PostgreSQL's text; gives the number of rows.

        The file's own errors pass as they are.
        """
        ended = await self._driver.copy_from_table(
            table, columns=columns, output=cast(BinaryIO, file)
        )
        return int(ended.removeprefix("COPY "))

    async def copy_in(self, table: str, columns: Sequence[str], file: IO[bytes]) -> int:
        """The way back of ``copy_out``."""
        ended = await self._driver.copy_to_table(
            table, columns=columns, source=cast(BinaryIO, file)
        )
        return int(ended.removeprefix("COPY "))


class Database:
    """The pool. Once a transaction has been committed, ``on_queued`` is told of its jobs, and
    ``on_changed`` of the topics that it changed."""

    def __init__(
        self,
        url: str,
        *,
        pool_size: int,
        statement_timeout_s: float,
        lock_timeout_s: float,
        statement_cache: bool = True,
        on_queued: Callable[[list[JobId]], Awaitable[None]] | None = None,
        on_changed: Callable[[set[str]], Awaitable[None]] | None = None,
        metrics: Metrics | None = None,
        tracer: Tracer | None = None,
    ) -> None:
        answer_s = min(statement_timeout_s, ANSWER_S)
        self.engine = _engine(url, pool_size, statement_timeout_s + answer_s, statement_cache)
        event.listen(self.engine.sync_engine, "checkout", self._refuse_dead)
        self._silent_at = 0.0
        self._begin = _begin(statement_timeout_s, lock_timeout_s)
        self._on_queued, self._on_changed = on_queued, on_changed
        self._metrics = metrics or Metrics()
        self._tracer = tracer or NoOpTracer()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Tx]:
        """Commit at the end of the block, roll back when it raises.

        Then tell the metrics what was counted, ring the workers for what was queued, and knock for
        what was changed.
        """
        async with self._connected() as (connection, driver):
            tx = Tx(connection, driver)
            # Begin and commit may be cut off too, when the server has done them or not yet.
            try:
                with _away():
                    await driver.execute(self._begin)
                yield tx
                with _away():
                    ended = await driver.execute("commit")
            except BaseException as error:
                await self._roll_back(driver, error)
                raise
            # To the commit of a transaction in which a statement failed, it answers ROLLBACK.
            if ended != "COMMIT":
                raise RuntimeError("a failed statement was passed over, and nothing was committed")
        self._metrics.count(tx.counted)
        if tx.queued and self._on_queued:
            await self._on_queued(tx.queued)
        if tx.changed and self._on_changed:
            await self._on_changed(tx.changed)

    async def run(self, operation: Callable[[Tx], Awaitable[T]]) -> T:
        """Run the operation in a transaction, and again when it lost a conflict with another one.

        Raises ServiceUnavailable when it keeps losing.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                async with self.transaction() as tx:
                    get_current_span().set_attribute("leadgate.attempt", attempt)
                    return await operation(tx)
            except (DBAPIError, asyncpg.PostgresError, FactsChanged) as error:
                reason = _conflict(error)
                if reason is None:
                    raise
                self._metrics.retries.labels(reason).inc()
                pause_s = min(0.02 * 2**attempt, LONGEST_PAUSE_S)
                await asyncio.sleep(random.uniform(0.5, 1.5) * pause_s)  # noqa: S311  # jitter
        raise ServiceUnavailable(
            "Too many requests change the same leads at once. Try again.",
            headers={"Retry-After": "1"},
        )

    async def fetch(self, sql: str, *arguments: Any) -> "list[asyncpg.Record]":
        """One read in one round trip, without a transaction and so without its time-outs.

        Only the driver's own ends it; what waits for locks belongs into a transaction.
        """
        async with self._connected() as (_, driver):
            try:
                with _away():
                    records: list[asyncpg.Record] = await driver.fetch(sql, *arguments)
            except BaseException as error:
                if not isinstance(error, asyncpg.PostgresError):  # the statement may still run
                    self._hang_up(driver, error)
                raise
            return records

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[tuple[AsyncConnection, "asyncpg.Connection[Any]"]]:
        async with AsyncExitStack() as stack:
            stack.enter_context(span_within(self._tracer, "postgresql", SpanKind.CLIENT))
            try:
                with _away():
                    connection = await stack.enter_async_context(self.engine.connect())
            except DBAPIError as error:  # it is starting, full, or does not know us
                raise DatabaseAway from error
            yield connection, await _driver(connection)

    @property
    def pool_size(self) -> int:
        return self._pool.size()

    @property
    def pool_in_use(self) -> int:
        return self._pool.checkedout()

    @property
    def _pool(self) -> QueuePool:
        return cast(QueuePool, self.engine.pool)

    async def close(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(HANG_UP_S):
                await self.engine.dispose()

    async def _roll_back(self, driver: "asyncpg.Connection[Any]", error: BaseException) -> None:
        """Whatever comes in between, no open transaction goes back to the pool."""
        if is_away(error):
            self._hang_up(driver, error)
            return
        try:
            async with asyncio.timeout(HANG_UP_S):
                await driver.execute("rollback")
        except BaseException as failed:  # noqa: BLE001  # cancelled again, or nobody is there
            self._hang_up(driver, failed)

    def _hang_up(self, driver: "asyncpg.Connection[Any]", error: BaseException) -> None:
        """At once: a good end would wait for the server. The pool makes another connection.

        Where one was met with silence, the others that rest are not waited for one by one.
        """
        if isinstance(error.__cause__ or error, TimeoutError):
            self._silent_at = time.time()
        driver.terminate()

    def _refuse_dead(self, connection: Any, record: Any, _proxy: object) -> None:
        """The pool then takes or makes another connection; unlike a ping this costs nothing."""
        driver = connection.driver_connection
        if record.starttime <= self._silent_at:
            driver.terminate()
        if driver.is_closed():
            raise DisconnectionError


def _conflict(error: Exception) -> str | None:
    """By which name the transaction may run again; None if it may not."""
    return (
        "facts_changed" if isinstance(error, FactsChanged) else RETRIED.get(sqlstate(error) or "")
    )


def sqlstate(error: BaseException) -> str | None:
    """PostgreSQL's error code, whether the error comes from the driver or through SQLAlchemy."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlstate", None)
    return code if isinstance(code, str) else None


def is_away(error: BaseException) -> bool:
    """Is this what a request sees when PostgreSQL is down, starting or out of reach?"""
    if isinstance(error, DatabaseAway):
        return True
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or is_away(_of_driver(error))
    if isinstance(error, asyncpg.InterfaceError):
        return not isinstance(error, ValueError)  # those are arguments that the driver refuses
    # The driver has been told of the end, and waits for the connection to be closed.
    if isinstance(error, asyncpg.InternalClientError):
        return True
    return (sqlstate(error) or "").startswith(AWAY)


def reason(error: BaseException) -> str:
    """For the log, and without what PostgreSQL says: that may hold values."""
    cause = error.__cause__ or error
    return f"{type(cause).__name__} {sqlstate(cause) or ''}".rstrip()


def _of_driver(error: DBAPIError) -> BaseException:
    cause = error.orig or Exception()
    return cause.__cause__ or cause


def is_slow(error: BaseException) -> bool:
    """Did a statement, the wait for a lock or that for a free connection take too long?"""
    return isinstance(error, PoolTimeoutError) or sqlstate(error) in SLOW


def is_out_of_range(error: BaseException) -> bool:
    """Was a number sent that no column can hold? The driver says so before the server could."""
    return sqlstate(error) == "22003" or "value out of int" in str(error)


def asyncpg_url(url: str) -> str:
    """SQLAlchemy takes ``postgresql://`` for psycopg, and does not know ``postgres://``."""
    return f"postgresql+asyncpg://{url.partition('://')[2]}"


def _engine(
    url: str, pool_size: int, command_timeout_s: float, statement_cache: bool
) -> AsyncEngine:
    cache = (
        {} if statement_cache else {"statement_cache_size": 0, "prepared_statement_cache_size": 0}
    )
    # AUTOCOMMIT: transaction() begins and commits by itself, in one round trip each. SQLAlchemy
    # would begin at its own first statement only, and a COPY before that would commit by itself.
    return create_async_engine(
        asyncpg_url(url),
        isolation_level="AUTOCOMMIT",
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        pool_reset_on_return=None,
        hide_parameters=True,
        connect_args={"timeout": 5, "command_timeout": command_timeout_s, **cache},
    )


def _begin(statement_timeout_s: float, lock_timeout_s: float) -> str:
    """Begin, with settings of this transaction: pgbouncer refuses or mixes up those of a session.

    A process that stalls in the middle of a transaction holds its locks no longer than a statement
    may take.

    No statement of ours wants a sequential scan. A plan that was made while a table was small, and
    is kept for as long as the connection, would be one.
    """
    return (
        f"begin; set local statement_timeout = {int(statement_timeout_s * 1000)};"
        f" set local idle_in_transaction_session_timeout = {int(statement_timeout_s * 1000)};"
        f" set local lock_timeout = {int(lock_timeout_s * 1000)};"
        " set local enable_seqscan = off; set local jit = off"
    )


@contextmanager
def _away() -> Iterator[None]:
    """Errors of the network, here only: what our own code raises of that kind is a bug."""
    try:
        yield
    except OSError as error:  # time-outs too
        raise DatabaseAway from error


async def _driver(connection: AsyncConnection) -> "asyncpg.Connection[Any]":
    raw = await connection.get_raw_connection()
    driver: asyncpg.Connection[Any] | None = raw.driver_connection
    assert driver is not None
    return driver
