"""Downloads, against a local server that misbehaves in every way that a real one has."""

import dataclasses
import hashlib
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import textwrap
import time

import numpy as np
import pytest
from data_server import serve
from filelock import FileLock

from nnlib.data import download
from nnlib.data.dataset import OfficialFile

CONTENT = np.random.default_rng(0).bytes(200_000)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


def described(server):
    return OfficialFile(len(CONTENT), hashlib.sha256(CONTENT).hexdigest(), server.url())


def fetch(server, folder):
    return download.fetch(described(server), folder, "Small set")


def visible(folder):
    """Names in a folder but for the lock."""
    return sorted(name for name in os.listdir(folder) if not name.endswith(".lock"))


@pytest.mark.parametrize("manners", ["good", "slow"])
def test_whole_file_arrives(tmp_path, manners):
    with serve(CONTENT, manners, pause=0.0005) as server:
        assert fetch(server, tmp_path).read_bytes() == CONTENT
    assert visible(tmp_path) == ["file.npz"]


def test_progress_shows_speed_and_time_left(tmp_path, capfd):
    with serve(CONTENT) as server:
        fetch(server, tmp_path)
    bar = capfd.readouterr().err
    assert "Small set" in bar
    assert "B/s" in bar
    assert "<" in bar  # tqdm: [elapsed<left, speed]


def test_a_redirect_is_followed(tmp_path):
    with serve(CONTENT, "redirects", times=1) as server:
        assert fetch(server, tmp_path).read_bytes() == CONTENT
        assert len(server.requests) == 2


def test_a_broken_transfer_is_taken_up_where_it_broke_off(tmp_path):
    with serve(CONTENT, "cuts off", times=1) as server:
        assert fetch(server, tmp_path).read_bytes() == CONTENT
        assert server.requests == [None, "bytes=100000-"]


def test_a_server_without_ranges_begins_anew(tmp_path):
    (tmp_path / "file.npz.part").write_bytes(CONTENT[:1000])
    with serve(CONTENT, "no ranges") as server:
        with pytest.raises(download.DownloadError, match="what came is kept"):
            fetch(server, tmp_path)
        assert server.requests[0] == "bytes=1000-"
        assert CONTENT.startswith((tmp_path / "file.npz.part").read_bytes())


def test_what_came_is_kept_and_the_next_call_goes_on(tmp_path):
    with serve(CONTENT, "cuts off") as server:
        with pytest.raises(download.DownloadError, match="what came is kept"):
            fetch(server, tmp_path)
        assert len(server.requests) == download.ATTEMPTS
        kept = (tmp_path / "file.npz.part").read_bytes()
        assert 0 < len(kept) < len(CONTENT)
        assert CONTENT.startswith(kept)
        server.times = 0
        assert fetch(server, tmp_path).read_bytes() == CONTENT
        assert server.requests[-1] == f"bytes={len(kept)}-"


@pytest.mark.parametrize("stale", [b"x" * 1000, b"x" * len(CONTENT), b"x" * (len(CONTENT) + 5)])
def test_an_old_beginning_of_something_else_does_no_harm(tmp_path, stale):
    (tmp_path / "file.npz.part").write_bytes(stale)
    with serve(CONTENT) as server:
        assert fetch(server, tmp_path).read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("manners", "message"),
    [
        ("wrong bytes", "something else"),
        ("page", "text/html.*log-in page"),
        ("page_of_unknown_length", "web page"),
        ("endless", "more than the file"),
        ("gone", "404"),
        ("busy", "503"),
    ],
)
def test_what_is_not_the_file_is_refused(tmp_path, manners, message):
    with serve(CONTENT, manners) as server, pytest.raises(download.DownloadError, match=message):
        fetch(server, tmp_path)
    assert "file.npz" not in visible(tmp_path)
    with serve(CONTENT) as server:  # and the next call is not harmed by what came
        assert fetch(server, tmp_path).read_bytes() == CONTENT


def test_redirects_without_end_are_refused(tmp_path):
    with serve(CONTENT, "redirects") as server, pytest.raises(download.DownloadError, match="redirects"):
        fetch(server, tmp_path)


def test_a_closed_port_is_refused_at_once(tmp_path):
    with serve(CONTENT) as server:
        closed = described(server)
    start = time.monotonic()
    with pytest.raises(download.DownloadError, match=r"no connection to 127\.0\.0\.1 \(Connection refused\)"):
        download.fetch(closed, tmp_path, "Small set")
    assert time.monotonic() - start < 5


def test_waits_are_those_that_are_promised():
    assert (download.CONNECT_S, download.STALL_S) == (10, 30)


@pytest.mark.parametrize("manners", ["silent", "half_then_silent", "trickle"])
def test_a_stall_ends(tmp_path, monkeypatch, manners):
    monkeypatch.setattr(download, "STALL_S", 0.3)
    start = time.monotonic()
    with serve(CONTENT, manners) as server, pytest.raises(download.DownloadError):
        fetch(server, tmp_path)
    assert time.monotonic() - start < 5
    assert "file.npz" not in visible(tmp_path)


@pytest.mark.parametrize("hangs", [(socket, "getaddrinfo"), (socket.socket, "connect")])
def test_waiting_for_a_name_or_an_address_ends(tmp_path, monkeypatch, hangs):
    monkeypatch.setattr(download, "STALL_S", 0.2)
    monkeypatch.setattr(*hangs, lambda *_, **__: time.sleep(20))
    nowhere = OfficialFile(10, "0" * 64, "http://localhost:9/file.npz")
    start = time.monotonic()
    with pytest.raises(download.DownloadError, match="no connection"):
        download.fetch(nowhere, tmp_path, "Small set")
    assert time.monotonic() - start < 3


def test_certificates_are_checked_whatever_others_patched(tmp_path, monkeypatch):
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs openssl to make a certificate")
    key, certificate = str(tmp_path / "key.pem"), str(tmp_path / "certificate.pem")
    command = f"{openssl} req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
    subprocess.run(
        [*command.split(), "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True,
        capture_output=True,
    )
    monkeypatch.setattr(ssl, "_create_default_https_context", ssl._create_unverified_context)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    (tmp_path / "data").mkdir()
    with serve(CONTENT) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        secure = dataclasses.replace(described(server), url=server.url().replace("http:", "https:"))
        with pytest.raises(download.DownloadError, match=r"certificate of 127\.0\.0\.1 could not be verified"):
            download.fetch(secure, tmp_path / "data", "Small set")
        assert server.requests == []
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", certificate)  # the same certificate, trusted: the check is the cause
        assert download.fetch(secure, tmp_path / "data", "Small set").read_bytes() == CONTENT


# -- keeping ---------------------------------------------------------------------------------------------

# The folder as a bare package: pandas, which a download does not need, takes longest to import.
SCRIPT = """
    import sys, types
    from pathlib import Path
    sys.modules["nnlib.data"] = package = types.ModuleType("nnlib.data")
    package.__path__ = [{package!r}]
    from nnlib.data import download
    from nnlib.data.dataset import OfficialFile
    download.fetch(OfficialFile({size}, {sha256!r}, {url!r}), Path({folder!r}), "Small set")
"""


def start(server, folder):
    """Fetch in a process of its own."""
    what = described(server)
    package = os.path.dirname(download.__file__)
    script = SCRIPT.format(package=package, folder=str(folder), **vars(what))
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def wait_for_part(folder, process):
    deadline = time.monotonic() + 30
    part = folder / "file.npz.part"
    while not (part.exists() and part.stat().st_size):
        assert time.monotonic() < deadline
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.01)


def test_two_processes_fetch_once(tmp_path):
    with serve(CONTENT, "slow", pause=0.002) as server:
        processes = [start(server, tmp_path) for _ in range(2)]
        outputs = [process.communicate(timeout=60) for process in processes]
        assert [process.returncode for process in processes] == [0, 0], outputs
        assert server.requests == [None]
    assert (tmp_path / "file.npz").read_bytes() == CONTENT


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_an_interrupt_leaves_a_state_to_go_on_from(tmp_path):
    with serve(CONTENT, "slow") as server:
        process = start(server, tmp_path)
        wait_for_part(tmp_path, process)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=30)
        assert "KeyboardInterrupt" in errors
        assert "are kept, and the next call goes on from there" in output
        assert "Traceback" not in output
        assert visible(tmp_path) == ["file.npz.part"]
        server.manners = "good"
        assert fetch(server, tmp_path).read_bytes() == CONTENT
        assert server.requests[-1].startswith("bytes=")


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_a_killed_process_holds_nobody_up(tmp_path):
    with serve(CONTENT, "slow") as server:
        process = start(server, tmp_path)
        wait_for_part(tmp_path, process)
        process.kill()
        process.communicate(timeout=30)
        server.manners = "good"
        assert fetch(server, tmp_path).read_bytes() == CONTENT
    assert visible(tmp_path) == ["file.npz"]


def test_another_process_is_not_waited_for_without_end(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(download, "LOCK_S", 0.2)
    with serve(CONTENT) as server, FileLock(tmp_path / ".file.npz.lock"):
        with pytest.raises(download.DownloadError, match="another process has been fetching"):
            fetch(server, tmp_path)
        assert server.requests == []
    assert "waiting for it" in capsys.readouterr().err


def test_a_file_that_is_there_is_taken_and_left_as_it_is(tmp_path):
    (tmp_path / "file.npz").write_bytes(b"mine")
    with serve(CONTENT) as server:
        assert fetch(server, tmp_path).read_bytes() == b"mine"
        assert server.requests == []


def test_too_little_room_is_told_before_anything_is_sent(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**6, 10**6 - 5, 5))
    with serve(CONTENT) as server:
        with pytest.raises(download.DownloadError, match="disk is full"):
            fetch(server, tmp_path)
        assert server.requests == []


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 100 kB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=100k", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("needs the right to mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_that_fills_up_on_the_way_is_cleaned(small_disk, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 0, 10**9))
    with serve(CONTENT) as server, pytest.raises(download.DownloadError, match="disk is full"):
        fetch(server, small_disk)
    assert visible(small_disk) == []
