"""Ports that nobody uses."""

import socket


def free_port() -> int:
    """Free a moment ago; the system hands out others before it gives this one again."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
