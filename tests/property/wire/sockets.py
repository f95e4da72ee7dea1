"""Bytes at a real server's socket: HTTP that is broken, split, doubled, too long, or never ends.

`python -m tests.property.wire.sockets --messages 2000 --seed 1`
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

_SERVE = """
import sys
from pathlib import Path
from sagewright.engine.server.serving import Serving, serve
serve(Serving(Path(sys.argv[1]), port=0, log_format="json"), lambda url: print(url, flush=True))
"""
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})")
PATIENCE_S = 0.5  # for an answer to a message that may have none

START_LINES = (
    *(b"GET / HTTP/1.1", b"GET /bucket-1/Key HTTP/1.1", b"PUT /bucket-1/k HTTP/1.1", b"POST / HTTP/1.1"),
    *(b"GET / HTTP/1.0", b"GET / HTTP/9.9", b"GET  /  HTTP/1.1", b"GET http://other/ HTTP/1.1", b"OPTIONS * HTTP/1.1"),
    *(b"CONNECT a:1 HTTP/1.1", b"BREW / HTTP/1.1", b"get / http/1.1", b"GET /%zz%ff HTTP/1.1", b"GET /a b HTTP/1.1"),
    *(b"PRI * HTTP/2.0", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"\x00" * 50, b"", b"GET /" + b"a" * 100_000),
    *(b"GET /\xff\xfe HTTP/1.1", b"POST /?Action=ListUsers HTTP/1.1", b"POST /service/x/operation/y HTTP/1.1"),
)
FIELDS = (
    *(
        b"Host: localhost",
        b"Host: a\r\nHost: b",
        b"Host:",
        b"Content-Length: 5",
        b"Content-Length: -1",
        b"Content-Length: x",
    ),
    *(
        b"Content-Length: 5\r\nContent-Length: 6",
        b"Content-Length: 99999999999999999999",
        b"Transfer-Encoding: chunked",
    ),
    *(b"Transfer-Encoding: chunked\r\nContent-Length: 3", b"Transfer-Encoding: gzip, chunked", b"Expect: 100-continue"),
    *(
        b"Connection: close",
        b"Connection: upgrade\r\nUpgrade: websocket",
        b"X-Amz-Target: SageMaker.ListModels",
        b"a: b\r\n c: d",
    ),
    *(
        b"X-Amz-Target: \xff\xfe",
        b"Authorization: AWS4-HMAC-SHA256 Credential=a/b/c/d/e",
        b"Authorization: " + b"x" * 5_000,
    ),
    *(
        b"no colon",
        b": no name",
        b"na me: x",
        b"a:" + b"b" * 100_000,
        b"Content-Encoding: gzip",
        b"smithy-protocol: rpc-v2-cbor",
    ),
    *(
        b"Content-Type: application/x-www-form-urlencoded",
        b"Content-Type: multipart/form-data; boundary=",
        b"x\x00y: z",
    ),
    b"\r\n".join(b"x-%d: y" % number for number in range(1_000)),
)
BODIES = (
    b"",
    b"hello",
    b"5\r\nhello\r\n0\r\n\r\n",
    b"ffffffffffffffff\r\nx",
    b"-1\r\n",
    b"5;a=b\r\nhello",
    b"{}",
    b"\x00" * 70_000,
)


@contextlib.contextmanager
def server(home: Path) -> Iterator[tuple[str, int, int]]:
    """Serve a home for as long as it takes; host, port and process id."""
    with subprocess.Popen(
        [sys.executable, "-c", _SERVE, str(home)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        host, _, port = process.stdout.readline().strip().removeprefix("http://").rpartition(":")
        try:
            yield host, int(port), process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=60)


def message(chance: random.Random) -> list[bytes]:
    """Return a message in the pieces in which it is sent."""
    fields = chance.sample(FIELDS, chance.randrange(6))
    text = b"\r\n".join((chance.choice(START_LINES), *fields)) + chance.choice(
        (b"\r\n\r\n",) * 6 + (b"\n\n", b"", b"\r\n")
    )
    text += chance.choice(BODIES)
    if chance.random() < 0.2:
        text *= 2
    if chance.random() < 0.2:
        text = text[: chance.randrange(len(text) + 1)]
    cut = chance.randrange(len(text) + 1)
    return [text[:cut], text[cut:]]


def told(host: str, port: int, pieces: list[bytes]) -> bytes:
    """Return what a server says to a message, as far as it says anything soon."""
    with socket.create_connection((host, port), timeout=PATIENCE_S) as connection, contextlib.suppress(OSError):
        answer = b""
        for piece in pieces:
            connection.sendall(piece)
        connection.shutdown(socket.SHUT_WR)
        while piece := connection.recv(1 << 16):
            answer += piece
        return answer
    return b""


def lives(host: str, port: int) -> bool:
    """Tell whether a server answers; that its steward is well is another matter."""
    with contextlib.closing(http.client.HTTPConnection(host, port, timeout=10)) as asked:
        asked.request("GET", "/_sagewright/health")
        with asked.getresponse() as answer:
            return answer.status in (200, 503)


def run(home: Path, messages: int, seed: int) -> tuple[Counter[int], list[str], float]:
    """Return the statuses, what should not have been, and by how many MiB the server has grown."""
    chance, statuses, findings = random.Random(seed), Counter[int](), list[str]()
    with server(home) as (host, port, pid):
        lives(host, port)
        before = _resident_mib(pid)
        for number in range(messages):
            pieces = message(chance)
            answer = told(host, port, pieces)
            for status in (int(found) for found in _STATUS.findall(answer)):
                statuses[status] += 1
                if status >= 500 and status not in (501, 503, 505):
                    findings.append(f"seed {seed}, message {number}: {status} {answer[:200]!r} to {pieces!r:.500}")
            if b"Traceback" in answer:
                findings.append(f"seed {seed}, message {number}: {answer[:500]!r}")
        if not lives(host, port):
            findings.append("the server is not well")
        return statuses, findings, _resident_mib(pid) - before


def _resident_mib(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        statuses, findings, grown_mib = run(Path(folder) / "home", asked.messages, asked.seed)
    sys.stdout.write(f"{dict(statuses)}, {grown_mib:.0f} MiB more\n" + "".join(f"  {text}\n" for text in findings))
    return 1 if findings else 0


if __name__ == "__main__":
    raise SystemExit(main())
