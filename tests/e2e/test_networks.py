"""The network of several hosts, made by root and by an ordinary user."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile

import pytest

# Makes the network of three hosts, as the user named; in each, a child tells what it sees and talks to the others.
SCRIPT = """
import ctypes, encodings.idna, json, os, socket, sys  # the ordinary user may not read the interpreter's folder
from pathlib import Path
from sagewright.engine.executors.process import isolation, networks, placing

user, folder = int(sys.argv[1]), Path(sys.argv[2])
if user != os.geteuid():
    os.setgroups([])
    os.setgid(user)
    os.setuid(user)
    ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)  # PR_SET_DUMPABLE: a process that was begun by this user
addresses = {"algo-1": "10.0.0.1", "algo-2": "10.0.0.2", "algo-3": "10.0.0.3"}
before = {kind: os.readlink(f"/proc/self/ns/{kind}") for kind in ("net", "user", "mnt", "uts")}
network = networks.build(addresses)
assert before == {kind: os.readlink(f"/proc/self/ns/{kind}") for kind in before}, "the builder stays where it was"
hosts_file = folder / "hosts"
hosts_file.write_text(placing.hosts_text(addresses))


def inside(host, work):
    reading, writing = os.pipe()
    if os.fork() == 0:
        try:
            isolation.enter(folder, network=True, member=network.member(host, hosts_file))
            os.write(writing, json.dumps(work()).encode())
        except BaseException as error:
            os.write(writing, json.dumps(repr(error)).encode())
        os._exit(0)
    os.close(writing)
    return reading


def serve():
    server = socket.create_server(("0.0.0.0", 7777))
    os.write(ready[1], b"!")
    return [server.accept()[0].makefile().read() for _ in range(2)]


def ask():
    me = socket.gethostname()
    with socket.create_server(("0.0.0.0", 7777)):  # the same port once more
        with socket.create_connection(("algo-1", 7777), timeout=5) as one:
            one.sendall(me.encode())
    try:
        socket.create_connection(("192.0.2.1", 80), timeout=5)
    except OSError as error:
        return [me, socket.if_nameindex()[-1][1], os.geteuid(), error.errno]


ready = os.pipe()
first = inside("algo-1", serve)
os.read(ready[0], 1)
others = [inside(host, ask) for host in ("algo-2", "algo-3")]
print(json.dumps([json.loads(os.read(pipe, 4096)) for pipe in (first, *others)]))
"""


@pytest.mark.parametrize("user", sorted({os.geteuid(), 65534 if os.geteuid() == 0 else os.geteuid()}))
def test_hosts_reach_each_other_and_nobody_else(user):
    with tempfile.TemporaryDirectory() as folder:  # one whose parents every user may pass
        os.chown(folder, user, -1)
        command = [sys.executable, "-c", SCRIPT, str(user), folder]
        done = subprocess.run(command, capture_output=True, text=True, timeout=50, check=False)
    assert done.returncode == 0, done.stderr
    heard, *seen = json.loads(done.stdout)
    assert sorted(heard) == ["algo-2", "algo-3"]
    assert seen == [[host, "eth0", user, 101] for host in ("algo-2", "algo-3")]  # ENETUNREACH
