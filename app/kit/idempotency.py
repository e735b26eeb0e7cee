"""Requests that may be sent again: their answers are kept beside their effects."""

import hmac
from dataclasses import dataclass

from pydantic import SecretStr
from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Tx
from app.kit.problems import IdempotencyKeyInUse, IdempotencyKeyReused
from app.kit.schema import Base, Now, TenantKey
from app.kit.sealing import Seal, derived_key
from app.values import WorkspaceId

# Of a process that was killed PostgreSQL hears at once, but while it waits for a row's lock it does
# not listen, and would hold ours too. It refuses the setting where the system cannot tell it.
LOCK = """
select pg_try_advisory_xact_lock(hashtextextended($1, $2)) as taken,
    case when version() ~ '(linux|darwin|bsd)'
        then set_config('client_connection_check_interval', '1s', true) end
"""
FIND = """
select fingerprint, answer from idempotency_keys
where workspace_id = $1 and key_hash = $2 and created_at > now() - interval '24 hours'
"""
KEEP = """
insert into idempotency_keys (workspace_id, key_hash, fingerprint, answer)
values ($1, $2, $3, $4)
on conflict (workspace_id, key_hash) do update
set fingerprint = excluded.fingerprint, answer = excluded.answer, created_at = excluded.created_at
"""

# The age is asked for twice: meanwhile a key may have got a new answer in its place.
REMOVE_EXPIRED = """
with gone as (
    delete from idempotency_keys where ctid = any(array(
        select ctid from idempotency_keys
        where created_at < now() - interval '24 hours' order by created_at limit $1))
      and created_at < now() - interval '24 hours'
    returning 1)
select count(*) from gone
"""


class IdempotencyKey(Base):
    """What a request with an ``Idempotency-Key`` was answered. No tenant table refers to it."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index(None, "created_at"),)

    workspace_id: Mapped[TenantKey]
    key_hash: Mapped[bytes] = mapped_column(primary_key=True)
    """Keyed with the service's secret: what clients choose as a key is nobody's business."""
    fingerprint: Mapped[bytes]
    """Of the request: the same key with another one is a mistake of the client."""
    answer: Mapped[bytes]
    """Sealed, because it may hold what is shown only once."""
    created_at: Mapped[Now]


@dataclass(frozen=True, slots=True)
class RequestIdentity:
    """By which a request is known again: a client's key, and what it asks."""

    workspace_id: WorkspaceId
    key: str
    fingerprint: bytes


class KeptAnswer:
    """The answer of a request, in a transaction. A key is held before its answer is looked for."""

    def __init__(self, tx: Tx, secret: SecretStr, request: RequestIdentity) -> None:
        self._tx, self._request = tx, request
        self._seal = Seal(secret, "answers of idempotency keys")
        secret_of_keys = derived_key(secret, "idempotency keys")
        self._key_hash = hmac.digest(secret_of_keys, request.key.encode(), "sha256")

    async def hold(self) -> None:
        """Until the end of the transaction nobody else has the key. Raises IdempotencyKeyInUse."""
        [row] = await self._tx.rows(LOCK, self._request.key, self._request.workspace_id)
        if not row["taken"]:
            raise IdempotencyKeyInUse

    async def find(self) -> bytes | None:
        """What was kept in the last 24 hours. Raises IdempotencyKeyReused.

        In a statement after the one that took the lock, it sees what the holder before committed.
        """
        rows = await self._tx.rows(FIND, self._request.workspace_id, self._key_hash)
        if not rows:
            return None
        [row] = rows
        if row["fingerprint"] != self._request.fingerprint:
            raise IdempotencyKeyReused
        return self._seal.open(row["answer"], self._request.workspace_id)

    async def keep(self, answer: bytes) -> None:
        """In the place of one that is older."""
        workspace_id = self._request.workspace_id
        sealed = self._seal.close(answer, workspace_id)
        await self._tx.rows(KEEP, workspace_id, self._key_hash, self._request.fingerprint, sealed)


async def remove_expired(tx: Tx, limit: int) -> int:
    """Of all workspaces, answers older than 24 hours, the oldest first; gives how many."""
    [row] = await tx.rows(REMOVE_EXPIRED, limit)
    removed: int = row["count"]
    return removed
