"""Let nbclient notice every reply of a kernel: for `tools.build`, and for pytest, which `make test` lets load this.

What a slider shows is sent back to the kernel through the very socket on which nbclient waits for the end of the cell.
Sending can use up the one signal that says a reply is there (ZeroMQ signals a change, not a state), and then nbclient
waits until its time is up: for one slider in ten on a busy machine, and for many minutes if the time is long.
Here it asks the socket itself, ten times a second. See https://github.com/jupyter/nbclient/issues/312.
"""

from queue import Empty
from time import monotonic
from typing import Any

from jupyter_client.channels import AsyncZMQSocketChannel

ASK_EVERY = 0.1  # seconds


async def get_msg(channel: AsyncZMQSocketChannel, timeout: float | None = None) -> dict[str, Any]:
    """Wait for the next message of a channel; `queue.Empty` where none comes within `timeout` seconds."""
    end = float("inf") if timeout is None else monotonic() + timeout
    while True:
        left = max(0, end - monotonic())
        if await channel.socket.poll(1000 * min(left, ASK_EVERY)):
            return await channel._recv()
        if left <= ASK_EVERY:
            raise Empty


def notice_every_reply() -> None:
    """Use this way of waiting from now on, in this process."""
    setattr(AsyncZMQSocketChannel, "get_msg", get_msg)  # noqa: B010  a type checker takes no new method by "="


def pytest_configure() -> None:
    """What pytest calls after loading this file as a plugin."""
    notice_every_reply()
