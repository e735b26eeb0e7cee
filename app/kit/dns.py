"""Asks a resolver, and keeps apart what it says of a name from what it says of itself."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from ipaddress import ip_address
from socket import SOCK_DGRAM
from typing import Any

import dns.asyncbackend
import dns.asyncquery
import dns.exception
import dns.inet
import dns.message
import dns.name
import dns.rcode
import dns.resolver
import dns.ttl
from dns.rdatatype import NS, SOA, RdataType

ALIASES = 8
"""Of each other, as far as they are followed."""
TRIES = 2
"""Of each server; packets get lost."""
EDNS_BYTES = 1232
"""Of an answer by UDP: what passes every network unbroken (DNS flag day 2020)."""
LOCAL = "127.0.0.1"


class Heard(StrEnum):
    """What came back. Only the first three say something of the name."""

    RECORDS = "records"
    NODATA = "nodata"
    NXDOMAIN = "nxdomain"
    SERVFAIL = "servfail"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    """Nobody answered, or nobody is there."""

    @property
    def is_answer(self) -> bool:
        return self in (Heard.RECORDS, Heard.NODATA, Heard.NXDOMAIN)


@dataclass(frozen=True, slots=True)
class Reply:
    heard: Heard
    records: Sequence[Any] = ()
    """dnspython's, of the type that was asked for."""
    ttl_s: int = 0
    """Of the answer with all its aliases; of a no by its SOA (RFC 2308), 0 without one."""
    alias: bool = False
    """The name is a CNAME."""
    unfinished: dns.name.Name | None = None
    """The alias's target, where the server said nothing of it: that is no NODATA."""


def usable(reply: Reply) -> Reply:
    """Of addresses: ``0.0.0.0`` is how people write that there is none."""
    if reply.heard is Heard.RECORDS and all(
        ip_address(record.address).is_unspecified for record in reply.records
    ):
        return replace(reply, heard=Heard.NODATA, records=())
    return reply


class Resolver:
    """Asks the servers one after the other, each query from a socket and port of its own.

    At most ``in_flight`` of those who take a ``slot`` ask at once. dnspython, because it tells how
    long a no holds; aiodns is four times as quick, and does not.
    """

    def __init__(
        self,
        servers: Sequence[str],
        port: int,
        *,
        timeout_s: float,
        in_flight: int,
        heard: Callable[[Heard], None] = lambda _: None,
    ) -> None:
        """``heard`` is told of each query what came of it."""
        self._servers = servers or system_servers()
        self._port, self._timeout_s, self._heard = port, timeout_s, heard
        self._backend = dns.asyncbackend.get_backend("asyncio")
        self.in_flight = in_flight
        self.slot = asyncio.Semaphore(in_flight)

    async def ask(self, name: str, kind: RdataType) -> Reply:
        """The first answer; else the last server's reason for giving none."""
        try:
            reply = await self._ask_servers(dns.name.from_text(name), kind)
        except dns.exception.DNSException:  # a label too long, say: no such name can be
            return Reply(Heard.NXDOMAIN)
        for _ in range(ALIASES):
            if reply.unfinished is None:
                return reply
            reply = replace(await self._ask_servers(reply.unfinished, kind), alias=True)
        return Reply(Heard.SERVFAIL)

    async def _ask_servers(self, name: dns.name.Name, kind: RdataType) -> Reply:
        query = dns.message.make_query(name, kind)
        query.use_edns(0, 0, EDNS_BYTES)
        reply = Reply(Heard.TIMEOUT)
        for server in [*self._servers] * TRIES:
            reply = await self._ask(server, query)
            self._heard(reply.heard)
            if reply.heard.is_answer:
                break
        return reply

    async def _ask(self, server: str, query: dns.message.Message) -> Reply:
        """What is not the answer, because garbled or forged, is passed over until the time-out."""
        try:
            async with asyncio.timeout(self._timeout_s):
                return read(await self._exchange(server, query))
        except (TimeoutError, OSError, EOFError):
            return Reply(Heard.TIMEOUT)
        except dns.exception.DNSException:
            return Reply(Heard.SERVFAIL)

    async def _exchange(self, server: str, query: dns.message.Message) -> dns.message.Message:
        """By UDP, and what does not fit by TCP. Connected sockets hear that nobody is there."""
        try:
            async with await self._backend.make_socket(  # type: ignore[no-untyped-call]
                dns.inet.af_for_address(server), SOCK_DGRAM, 0, None, (server, self._port)
            ) as socket:
                return await dns.asyncquery.udp(
                    query,
                    server,
                    port=self._port,
                    sock=socket,
                    ignore_unexpected=True,
                    ignore_errors=True,
                    raise_on_truncation=True,
                )
        except dns.message.Truncated:
            return await dns.asyncquery.tcp(query, server, port=self._port)


def read(message: dns.message.Message) -> Reply:
    """Raises DNSException when it contradicts itself."""
    code = message.rcode()
    if code not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
        return Reply(Heard.REFUSED if code == dns.rcode.REFUSED else Heard.SERVFAIL)
    found = message.resolve_chaining()  # type: ignore[attr-defined]
    ttl_s = 0 if found.minimum_ttl == dns.ttl.MAX_TTL else found.minimum_ttl
    alias = bool(found.cnames)
    if code == dns.rcode.NXDOMAIN:
        return Reply(Heard.NXDOMAIN, (), ttl_s, alias)
    if found.answer is not None:
        return Reply(Heard.RECORDS, tuple(found.answer), ttl_s, alias)
    said = {rrset.rdtype for rrset in message.authority}
    if alias and SOA not in said:
        return Reply(Heard.NODATA, (), ttl_s, alias, found.canonical_name)
    if NS in said and SOA not in said:  # "ask those": it does not resolve for us
        return Reply(Heard.REFUSED)
    return Reply(Heard.NODATA, (), ttl_s, alias)


def system_servers() -> list[str]:
    """Those of resolv.conf, which without any means this host."""
    try:
        return [str(server) for server in dns.resolver.Resolver().nameservers] or [LOCAL]
    except dns.resolver.NoResolverConfiguration:
        return [LOCAL]
