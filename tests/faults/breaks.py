"""What happens to a server that is reached through a proxy."""

from collections.abc import Awaitable, Callable

from tests.proxy import Proxy

LATENCY_S = 3.0
"""Longer than anybody waits."""

Break = Callable[[Proxy], Awaitable[None]]


async def refuse(proxy: Proxy) -> None:
    await proxy.refuse()
    proxy.reset()


async def silence(proxy: Proxy) -> None:
    proxy.silence()


async def half_close(proxy: Proxy) -> None:
    await proxy.refuse()
    proxy.half_close()


async def slow_down(proxy: Proxy) -> None:
    proxy.latency_s = LATENCY_S


BREAKS: tuple[Break, ...] = (refuse, silence, half_close, slow_down)


async def heal(proxy: Proxy) -> None:
    proxy.heal()
    await proxy.refuse()
    await proxy.accept()
