"""A real server on this machine with the archive of a model."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ivr.speech.models import Model

from .archives import GOOD


@dataclass
class Site:
    """What a server has and how it behaves. `breaks` are the bytes after which the next answers break off."""

    files: dict[str, bytes] = field(default_factory=dict)
    breaks: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    ranges: bool = True
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def site() -> Iterator[Site]:
    found = Site()

    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            name, wanted = self.path.lstrip("/"), self.headers.get("Range")
            found.asked.append((name, wanted))
            status = found.statuses.pop(0) if found.statuses else (200 if name in found.files else 404)
            body = found.files.get(name, b"")
            start = int(re.findall(r"bytes=(\d+)-", wanted)[0]) if wanted and found.ranges else 0
            if status == 200 and start >= len(body) and start:
                status, body = 416, b""
            elif status == 200 and start:
                status, body = 206, body[start:]
            self.send_response(status)
            if status == 206:
                self.send_header("Content-Range", f"bytes {start}-{start + len(body) - 1}/{start + len(body)}")
            self.send_header("Content-Length", str(len(body) if status < 300 else 0))
            self.end_headers()
            if status >= 300:
                return
            if found.breaks:
                body = body[: found.breaks.pop(0)]
                self.close_connection = True
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_address[1]}/"
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def model(site: Site) -> Model:
    site.files["vosk-x.zip"] = GOOD
    digest = hashlib.sha256(GOOD).hexdigest()
    return Model("vosk-x", "zh", "recogniser", "t", "l", site.url, "vosk-x.zip", len(GOOD), digest, "am/final.mdl")
