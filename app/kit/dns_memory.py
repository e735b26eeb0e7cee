"""Addresses that many ask for: thousands of domains share a mail host.

Of each process, as its canaries are: what a broken resolver said is not handed on to other hosts.
"""

import asyncio
import time

from dns.rdatatype import RdataType

from app.kit.dns import Heard, Reply, Resolver, usable

MOST = 5_000
LONGEST_S = 3600
LONGEST_NO_S = 300
"""Whoever asks again to have a no confirmed is not to hear the same answer."""

Question = tuple[str, RdataType]


class DnsMemory:
    """Asks a question once in its answer's time to live, however many want to know."""

    def __init__(self, resolver: Resolver, most: int = MOST) -> None:
        self._resolver, self._most = resolver, most
        self._known: dict[Question, tuple[Reply, float]] = {}
        """Until when by the monotonic clock, those first that were asked first."""
        self._asking: dict[Question, asyncio.Task[Reply]] = {}

    async def ask(self, name: str, kind: RdataType) -> Reply:
        question = (name.lower(), kind)
        if question in self._known:
            reply, until = self._known[question]
            if time.monotonic() < until:
                return reply
        if question not in self._asking:
            self._asking[question] = asyncio.create_task(self._ask(question))
        # Whoever gives up leaves the question to the others.
        return await asyncio.shield(self._asking[question])

    def forget(self) -> None:
        """Also what is being asked."""
        self._known, self._asking = {}, {}

    async def close(self) -> None:
        asking = list(self._asking.values())
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)

    async def _ask(self, question: Question) -> Reply:
        try:
            reply = usable(await self._resolver.ask(*question))
        finally:
            if is_wanted := self._asking.get(question) is asyncio.current_task():
                del self._asking[question]
        if is_wanted:
            self._remember(question, reply)
        return reply

    def _remember(self, question: Question, reply: Reply) -> None:
        self._known.pop(question, None)
        if for_s := kept_s(reply):
            self._known[question] = reply, time.monotonic() + for_s
        if len(self._known) > self._most:
            del self._known[next(iter(self._known))]


def kept_s(reply: Reply) -> int:
    """0 for what the resolver says of itself."""
    if not reply.heard.is_answer:
        return 0
    return min(reply.ttl_s, LONGEST_S if reply.heard is Heard.RECORDS else LONGEST_NO_S)
