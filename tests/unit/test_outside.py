"""The proxy that leads out of the network of several hosts."""

from __future__ import annotations

import contextlib
import http.client
import http.server
import socket
import threading
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from sagewright.engine.executors.process import outside
from sagewright.engine.executors.process.networks import Network
from sagewright.engine.planning.document import HostDocument


class Echo(http.server.BaseHTTPRequestHandler):
    """Tells a request's path and headers; a POST's body."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer(f"{self.path} {self.headers['Connection']} {self.headers['Proxy-Authorization']}".encode())

    def do_POST(self):
        self.answer(self.rfile.read(int(self.headers["Content-Length"])))

    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo) as running:
        running.daemon_threads = True
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running.server_address[1]
        running.shutdown()


@pytest.fixture
def proxy():
    with contextlib.ExitStack() as stack:

        def start(**onwards):
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            port = listener.getsockname()[1]

            def run():
                with contextlib.suppress(OSError):  # the listener was closed
                    outside.serve(listener, {scheme: urlsplit(url) for scheme, url in onwards.items()})

            threading.Thread(target=run, daemon=True).start()
            stack.callback(listener.shutdown, socket.SHUT_RDWR)
            return port

        yield start


def asked(port, target, method="GET", body=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with contextlib.closing(connection):
        connection.request(method, target, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def test_a_url_is_asked_for_in_the_client_s_place(server, proxy):
    status, text = asked(proxy(), f"http://127.0.0.1:{server}/a?b=c", **{"Proxy-Authorization": "secret"})
    assert (status, text) == (200, "/a?b=c close None")


def test_a_body_passes(server, proxy):
    body = "x" * 1_000_000
    assert asked(proxy(), f"http://127.0.0.1:{server}/", "POST", body) == (200, body)


def test_a_tunnel_leads_through(server, proxy):
    connection = http.client.HTTPConnection("127.0.0.1", proxy(), timeout=10)
    connection.set_tunnel("127.0.0.1", server)
    with contextlib.closing(connection):
        for path in ("/one", "/two"):  # the same connection
            connection.request("GET", path)
            assert connection.getresponse().read().decode() == f"{path} None None"


def test_a_proxy_behind_it_gets_requests_as_they_are(server, proxy):
    behind = proxy()
    front = proxy(http=f"http://127.0.0.1:{behind}", https=f"http://127.0.0.1:{behind}")
    assert asked(front, f"http://127.0.0.1:{server}/a")[1] == "/a close None"
    assert (
        asked(proxy(http=f"http://127.0.0.1:{server}"), "http://far.example/a")[1] == "http://far.example/a None None"
    )


@pytest.mark.parametrize("target", ["http://127.0.0.1:1/", "/no-url", "ftp://x/"])
def test_what_cannot_be_reached_is_said(proxy, target):
    status, text = asked(proxy(), target)
    assert status == 502
    assert text.startswith("The host's way out of its network: ")


@pytest.fixture
def network():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield Network(None, -1, {}, {"algo-1": listener.fileno()})


DOCUMENT = HostDocument(
    host="algo-1",
    command=[],
    environment={},
    files={},
    folders=[],
    log_group="g",
    log_stream="s",
    addresses={"algo-1": "10.0.0.1", "algo-2": "10.0.0.2"},
)


def test_the_variables_lead_to_the_proxy_and_not_for_the_hosts(network, server):
    given = {"NO_PROXY": "intranet", "https_proxy": "http://me:word@proxy.example:3128", "A": "b"}
    with outside.way_out(network, DOCUMENT, given) as environment:
        address = environment["http_proxy"].removeprefix("http://")
        assert environment["HTTP_PROXY"] == environment["http_proxy"]
        assert environment["HTTPS_PROXY"] == environment["https_proxy"] == f"http://me:word@{address}"
        assert environment["NO_PROXY"] == "intranet,localhost,127.0.0.1,::1,algo-1,algo-2,10.0.0.1,10.0.0.2"
        assert environment["A"] == "b"
        assert asked(int(address.rpartition(":")[2]), f"http://127.0.0.1:{server}/a")[0] == 200


def test_a_job_that_shall_have_no_network_has_no_way_out(network):
    with outside.way_out(network, replace(DOCUMENT, network_isolation=True), {"A": "b"}) as environment:
        assert environment == {"A": "b"}
