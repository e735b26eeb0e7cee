"""A small DNS server on the loopback, whose names behave as a test says; it counts its queries.

It answers by UDP and TCP, as a resolver does: for every name, with aliases followed. By itself:
``python -m tests.dns ZONE-FILE PORT``.
"""

import asyncio
import re
import sys
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

LOOPBACK = "127.0.0.1"
NO_DNS = {"LEADGATE_DNS_SERVERS": LOOPBACK, "LEADGATE_DNS_PORT": "9"}
"""Processes that find nothing out, and ask nobody outside."""
LINE = re.compile(r"(\S+) (?:(\d+) )?([A-Z]+) (.+)").fullmatch
"""dnspython's own reader takes minutes for 20,000 names."""


@dataclass(frozen=True)
class Behaviour:
    """What differs from a good answer."""

    rcode: dns.rcode.Rcode | None = None
    delay_s: float = 0
    silent: bool = False
    truncated: bool = False
    """By UDP; the whole answer comes by TCP."""
    garbage: bool = False
    """Bytes that are no message, before the answer."""
    wrong_id: bool = False
    """An answer to another query, before the answer."""
    unfinished: bool = False
    """Of an alias only where it points."""
    referral: bool = False
    """To other servers, as those do that are no resolver."""
    wildcard: bool = False
    """Every address question about a name that is not there is answered with 127.0.0.9."""


GOOD = Behaviour()


@dataclass
class DnsServer:
    """``zone``: lines like ``good.com. 300 MX 10 mx.good.com.``; what is not in it is NXDOMAIN."""

    zone: str = ""
    negative_ttl_s: int = 60
    behaviours: dict[str, Behaviour] = field(default_factory=dict)
    """By name, or by question: ``AAAA mx.good.com``."""
    everywhere: Behaviour = GOOD
    """Of all names that have no behaviour of their own."""
    asked: Counter[str] = field(default_factory=Counter)
    """``MX good.com``: how often."""
    port: int = 0

    def __post_init__(self) -> None:
        self._rrsets: dict[tuple[dns.name.Name, dns.rdatatype.RdataType], dns.rrset.RRset] = {}
        self._names: set[dns.name.Name] = set()
        self._running: set[asyncio.Task[None]] = set()
        self.add(self.zone)

    def add(self, zone: str) -> None:
        for line in filter(None, zone.splitlines()):
            found = LINE(line)
            assert found, line
            name, ttl, kind, data = found.groups()
            rrset = dns.rrset.from_text(name, int(ttl or 300), "IN", kind, data)
            known = self._rrsets.setdefault((rrset.name, rrset.rdtype), rrset)
            known.add(rrset[0])
            self._names.update(_and_above(rrset.name))

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Again on the same port, if it was there before."""
        self._tcp = await asyncio.start_server(self._serve, LOOPBACK, self.port)
        self.port = self._tcp.sockets[0].getsockname()[1]
        self._udp, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: _Datagrams(self), (LOOPBACK, self.port)
        )

    async def stop(self) -> None:
        self._udp.close()
        self._tcp.close()
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await asyncio.sleep(0)  # sockets are closed by the loop

    def answer_later(self, wire: bytes, peer: Any) -> None:
        task = asyncio.create_task(self._answer_udp(wire, peer))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _answer_udp(self, wire: bytes, peer: Any) -> None:
        query = dns.message.from_wire(wire)
        behaviour = await self._heard(query)
        if behaviour.silent:
            return
        if behaviour.garbage:
            self._udp.sendto(b"\xff\x00garbage", peer)
        answer = self._answer(query, behaviour)
        if behaviour.wrong_id:
            answer.id = (query.id + 1) % 65536
            self._udp.sendto(answer.to_wire(), peer)
            answer.id = query.id
        self._udp.sendto((_truncated(query) if behaviour.truncated else answer).to_wire(), peer)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            length = int.from_bytes(await reader.readexactly(2))
            query = dns.message.from_wire(await reader.readexactly(length))
            wire = self._answer(query, await self._heard(query)).to_wire()
            writer.write(len(wire).to_bytes(2) + wire)
            await writer.drain()
        writer.close()

    async def _heard(self, query: dns.message.Message) -> Behaviour:
        name, kind = query.question[0].name, query.question[0].rdtype
        text = name.to_text(omit_final_dot=True).lower()
        question = f"{dns.rdatatype.to_text(kind)} {text}"
        self.asked[question] += 1
        of_name = self.behaviours.get(text, self.everywhere)
        behaviour = self.behaviours.get(question, of_name)
        await asyncio.sleep(behaviour.delay_s)
        return behaviour

    def _answer(self, query: dns.message.Message, behaviour: Behaviour) -> dns.message.Message:
        answer = dns.message.make_response(query, recursion_available=True)
        if behaviour.rcode is not None:
            answer.set_rcode(behaviour.rcode)
            return answer
        name, kind = query.question[0].name, query.question[0].rdtype
        if behaviour.referral:
            answer.authority.append(dns.rrset.from_text(name, 60, "IN", "NS", "ns.example."))
            return answer
        while alias := self._rrsets.get((name, dns.rdatatype.CNAME)):
            answer.answer.append(alias)
            if behaviour.unfinished:
                return answer
            name = alias[0].target
        if found := self._rrsets.get((name, kind)):
            answer.answer.append(found)
        elif name not in self._names and behaviour.wildcard and kind == dns.rdatatype.A:
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "A", "127.0.0.9"))
        else:
            answer.authority.append(self._soa())
            if name not in self._names:
                answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer

    def _soa(self) -> dns.rrset.RRset:
        ttl_s = self.negative_ttl_s
        return dns.rrset.from_text(
            ".", ttl_s, "IN", "SOA", f"a.root. host.root. 1 60 60 60 {ttl_s}"
        )


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, server: DnsServer) -> None:
        self._server = server

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self._server.answer_later(data, addr)


def _truncated(query: dns.message.Message) -> dns.message.Message:
    answer = dns.message.make_response(query)
    answer.flags |= dns.flags.TC
    return answer


def _and_above(name: dns.name.Name) -> list[dns.name.Name]:
    """A name that has one below it is there."""
    return [name.split(depth)[1] for depth in range(2, len(name.labels) + 1)]


async def _forever(zone: str, port: int) -> None:
    async with DnsServer(zone, port=port):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_forever(Path(sys.argv[1]).read_text(), int(sys.argv[2])))
