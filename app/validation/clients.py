"""Asks DNS whether a domain takes mail (RFC 5321, 5.1)."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from dns.rdatatype import AAAA, MX, A, RdataType

from app.kit.dns import Heard, Reply, Resolver, usable
from app.kit.dns_memory import DnsMemory
from app.validation.rules import Answer, MailHost, Said
from app.validation.rules.findings import SPECIAL_USE

HOSTS_ASKED = 5
"""Of a domain's mail hosts, the preferred ones; one that is there is enough."""
DOMAIN_S = 20
"""For all queries of one domain."""

FAILED = {
    Heard.SERVFAIL: Said.SERVFAIL,
    Heard.REFUSED: Said.REFUSED,
    Heard.TIMEOUT: Said.TIMEOUT,
}

Ask = Callable[[str, RdataType], Awaitable[Reply]]


async def ask_domain(resolver: Resolver, mail_hosts: DnsMemory, domain: str) -> Answer:
    """As few queries as tell it: mostly the MX records and the address of the first host, which
    many domains share.
    """
    async with resolver.slot:
        try:
            async with asyncio.timeout(DOMAIN_S):
                return await _answer(resolver.ask, mail_hosts.ask, domain)
        except TimeoutError:
            return Answer(Said.TIMEOUT)


async def _answer(ask: Ask, ask_of_host: Ask, domain: str) -> Answer:
    reply = await ask(domain, MX)
    if reply.heard is Heard.RECORDS:
        return await _of_hosts(ask_of_host, reply)
    if reply.heard is Heard.NODATA:
        return await _implicit(ask, domain, reply)
    if reply.heard is Heard.NXDOMAIN:
        return Answer(Said.NOT_FOUND, (), reply.ttl_s)
    return Answer(FAILED[reply.heard])


async def _of_hosts(ask: Ask, reply: Reply) -> Answer:
    """Asks for one host after the other until one is there."""
    hosts = _hosts(reply)
    if not hosts:
        return Answer(Said.NULL_MX, (), reply.ttl_s)
    ttl_s, failed = reply.ttl_s, None
    for place, host in enumerate(hosts[:HOSTS_ASKED]):
        found = await _address(ask, host.name)
        hosts[place] = replace(host, resolves=_resolves(found), alias=found.alias)
        if _resolves(found):
            return Answer(Said.MX, tuple(hosts), reply.ttl_s)
        failed = failed or FAILED.get(found.heard)
        ttl_s = min(ttl_s, found.ttl_s)
    return Answer(failed or Said.MX_UNRESOLVABLE, tuple(hosts), 0 if failed else ttl_s)


async def _implicit(ask: Ask, domain: str, without_mx: Reply) -> Answer:
    found = await _address(ask, domain)
    if _resolves(found):
        return Answer(Said.IMPLICIT_MX, (), found.ttl_s)
    if found.heard.is_answer:
        return Answer(Said.NO_MAIL_HOST, (), min(without_mx.ttl_s, found.ttl_s))
    return Answer(FAILED[found.heard])


async def _address(ask: Ask, host: str) -> Reply:
    """IPv4, and where there is none IPv6."""
    if host.rpartition(".")[2].lower() in SPECIAL_USE:
        return Reply(Heard.NXDOMAIN)
    reply = usable(await ask(host, A))
    return usable(await ask(host, AAAA)) if reply.heard is Heard.NODATA else reply


def _hosts(reply: Reply) -> list[MailHost]:
    """By preference; the root as a host is no host (RFC 7505)."""
    named = [
        MailHost(record.exchange.to_text(omit_final_dot=True), record.preference)
        for record in reply.records
        if len(record.exchange.labels) > 1
    ]
    return sorted(named, key=lambda host: (host.preference, host.name))


def _resolves(reply: Reply) -> bool | None:
    """None: nobody said."""
    return reply.heard is Heard.RECORDS if reply.heard.is_answer else None
