"""The wait for a kernel's reply, with the signal that it is there taken away."""

import asyncio
import importlib.util
import queue
import time
from concurrent.futures import ThreadPoolExecutor

import jupyter_client
import pytest
import zmq
import zmq.asyncio
from jupyter_client.channels import AsyncZMQSocketChannel

from tools import replies


async def seconds_until_noticed(get_msg, *, reply=True, swallow=True, timeout=2):
    """Let a kernel reply while a client waits; with `swallow`, use up the signal as a message sent meanwhile would."""
    context, session = zmq.asyncio.Context(), jupyter_client.session.Session()
    kernel, client = zmq.Context.shadow(context.underlying).socket(zmq.DEALER), context.socket(zmq.DEALER)
    client.connect(f"tcp://127.0.0.1:{kernel.bind_to_random_port('tcp://127.0.0.1')}")
    channel = AsyncZMQSocketChannel(client, session)
    try:
        waiting, start = asyncio.ensure_future(get_msg(channel, timeout)), time.monotonic()
        await asyncio.sleep(0.05)
        if reply:
            session.send(kernel, "execute_reply", {"status": "ok"})
            while swallow and not zmq.Socket.shadow(client.underlying).getsockopt(zmq.EVENTS) & zmq.POLLIN:
                time.sleep(0.01)  # it arrives while the client is busy
        assert (await waiting)["content"] == {"status": "ok"}
        return time.monotonic() - start
    finally:
        kernel.close(0)
        context.destroy(0)


def run(coroutine):
    """Run it in a thread of its own: the browser of the book's tests keeps an event loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


def test_nbclient_overlooks_a_reply_whose_signal_was_used_up():
    # When this fails, jupyter_client has learnt it, and tools/replies.py can go.
    spec = importlib.util.find_spec("jupyter_client.channels")
    as_shipped = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(as_shipped)
    assert run(seconds_until_noticed(as_shipped.AsyncZMQSocketChannel.get_msg)) >= 2


@pytest.mark.parametrize("swallow", [True, False])
@pytest.mark.parametrize("timeout", [10, None])
def test_ours_notices_it(swallow, timeout):
    assert run(seconds_until_noticed(replies.get_msg, swallow=swallow, timeout=timeout)) < 5


def test_no_reply_is_still_none():
    start = time.monotonic()
    with pytest.raises(queue.Empty):
        run(seconds_until_noticed(replies.get_msg, reply=False, timeout=0.25))
    assert 0.25 <= time.monotonic() - start < 5
