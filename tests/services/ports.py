"""Free ports on loopback."""

from __future__ import annotations

import contextlib
import random
import socket

HOST = "127.0.0.1"
# Below the range from which systems take the ports of outgoing connections: a server that is restarted finds its port free.
CANDIDATES = range(20_000, 32_000)


def free(count: int) -> list[int]:
    """`count` different ports that nobody listens on."""
    chosen: list[int] = []
    with contextlib.ExitStack() as held:
        while len(chosen) < count:
            port = random.choice(CANDIDATES)
            listener = held.enter_context(socket.socket())
            with contextlib.suppress(OSError):
                listener.bind((HOST, port))
                chosen.append(port)
    return chosen


def answers(port: int) -> bool:
    """Whether something accepts connections on the port."""
    try:
        with socket.create_connection((HOST, port), timeout=1):
            return True
    except OSError:
        return False
