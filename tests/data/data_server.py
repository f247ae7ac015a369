"""A web server on this machine that behaves as badly as it is told to."""

import contextlib
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Server(ThreadingHTTPServer):
    """Serves `content`; `manners` names what it does wrong, for the first `times` requests."""

    daemon_threads = True

    def __init__(self, content, manners="good", times=1_000_000, pause=0.05):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.content, self.manners, self.times, self.pause = content, manners, times, pause
        self.requests = []  # value of the Range header of each, or None
        self.closing = threading.Event()

    def url(self, name="file.npz"):
        return f"http://127.0.0.1:{self.server_port}/{name}"

    def handle_error(self, request, client_address):
        pass  # a client that hangs up is part of the test


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, *arguments):
        pass

    def do_GET(self):
        server, content = self.server, self.server.content
        wanted = self.headers.get("Range")
        server.requests.append(wanted)
        manners = server.manners if len(server.requests) <= server.times else "good"
        if hasattr(self, f"_{manners}"):
            return getattr(self, f"_{manners}")()
        if manners == "wrong bytes":
            content = bytes(b ^ 1 for b in content)
        start = int(wanted[6:-1]) if wanted and manners != "no ranges" else 0
        if start >= len(content):
            return self.send_error(416)
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        rest = content[start:]
        if manners in ("cuts off", "no ranges"):
            rest = rest[: len(rest) // 2]
        step = {"slow": 500, "trickle": 1}.get(manners, len(rest))
        for at in range(0, len(rest), max(step, 1)):
            if manners in ("slow", "trickle") and server.closing.wait(server.pause):
                return None
            self.wfile.write(rest[at : at + step])
        if manners == "stalls":
            server.closing.wait(30)
        return None

    def _page(self):
        page = b"<!DOCTYPE html><title>Please log in</title>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def _page_of_unknown_length(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<html>" + b"x" * (len(self.server.content) - 6))

    def _endless(self):
        self.send_response(200)
        self.end_headers()
        with contextlib.suppress(OSError):
            while not self.server.closing.is_set():
                self.wfile.write(b"x" * 65536)

    def _redirects(self):
        self.send_response(302)
        self.send_header("Location", "/elsewhere.npz")
        self.end_headers()

    def _gone(self):
        self.send_error(404)

    def _busy(self):
        self.send_error(503)

    def _silent(self):
        self.server.closing.wait(30)

    def _half_then_silent(self):
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.server.content)))
        self.end_headers()
        self.wfile.write(self.server.content[: len(self.server.content) // 2])
        self.wfile.flush()
        self.server.closing.wait(30)


@contextlib.contextmanager
def serve(content, manners="good", **options):
    server = Server(content, manners, **options)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        server.server_close()
        time.sleep(0)
