"""Warm pools in real processes: the next job's program is a fork that sees what a fresh interpreter would."""

from __future__ import annotations

import json
import os
import signal

import pytest

from sagewright.engine.executors.process import isolation
from sagewright.engine.warm import keeping
from tests.conftest import processes_of
from tests.e2e import scripts
from tests.e2e.conftest import channel, wait_until

pytestmark = pytest.mark.skipif("mount" not in isolation.probe(), reason="the kernel gives programs no namespaces")

POOL = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1, "KeepAlivePeriodInSeconds": 600}
# The first line tells whether numpy was there before it was imported.
IS_WARM = "import sys; print('warm' if 'numpy' in sys.modules else 'cold', flush=True); import numpy\n"
# All that a program can see of how it was started.
VIEW = """
import json, os, signal, sys, threading
numbers = [n for n in signal.valid_signals() if n not in (signal.SIGKILL, signal.SIGSTOP)]
view = {
    "argv": sys.argv, "orig_argv": sys.orig_argv, "path": sys.path, "executable": sys.executable,
    "flags": str(sys.flags), "excepthook": sys.excepthook is sys.__excepthook__,
    "main": {n: repr(v) for n, v in globals().items() if n.startswith("__") and n[2:4] not in ("bu", "lo")},
    "loader": [type(__loader__).__name__, getattr(__loader__, "path", None)],
    "folder": os.getcwd(), "umask": os.umask(0o22), "group": os.getpgrp(),
    "environment": {n: v for n, v in os.environ.items() if not n.startswith("TRAINING_JOB")},
    "signals": {int(n): str(signal.getsignal(n)) for n in numbers}, "mask": str(signal.pthread_sigmask(0, [])),
    "descriptors": sorted(n for n in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{n}")),
    "standard": [os.readlink("/proc/self/fd/0"), os.readlink("/proc/self/fd/1")[:5]],
    "streams": [str(s.encoding) + str(s.line_buffering) + str(s.write_through) for s in (sys.stdout, sys.stderr)],
    "namespaces": len({os.readlink(f"/proc/{p}/ns/{n}") for p in ("self", "1") for n in ("mnt", "pid", "net")}),
    "processes": [int(p) for p in os.listdir("/proc") if p.isdigit()] and os.path.exists("/proc/1/status"),
    "ml": sorted(os.listdir("/opt/ml")), "threads": threading.active_count(),
    "is_main": threading.current_thread() is threading.main_thread(),
    "module": sys.modules["__main__"].__dict__ is globals(), "limits": __import__("resource").getrlimit(7),
}
import numpy
print("view " + json.dumps(view))
print("drawn", numpy.random.rand())
"""


WAIT = """
import signal, time
signal.signal(signal.SIGTERM, lambda *_: (print("told to stop", flush=True), sys.exit(0)))
print("ready", flush=True)
time.sleep(60)
"""
ENDINGS = [
    "raise ValueError('no good')",
    "sys.exit(7)",
    "sys.exit('in words')",
    "import os; os.kill(os.getpid(), 11)",
    "raise KeyboardInterrupt",
    "def broken(:",
    "import threading, time; threading.Thread(target=lambda: (time.sleep(0.2), print('late'))).start()",
    "import atexit; atexit.register(print, 'at exit')",
    "import multiprocessing as m; p = m.get_context('spawn').Process(target=print, args=['spawned']);"
    "__name__ == '__main__' and (p.start(), p.join())",
]


def run(cloud, name, code, **changes):
    return cloud.run(name, code, ResourceConfig=POOL, **changes)


def make_warm(cloud, code=IS_WARM, name="first", **changes):
    """Run a job that leaves an interpreter, and wait until that has imported everything."""
    job = run(cloud, name, code, **changes)
    assert job["WarmPoolStatus"]["Status"] == "Available"
    return job


def pool_of(cloud, name):
    return cloud.describe(name)["WarmPoolStatus"]


def interpreters(cloud):
    return list((cloud.home / "warm").iterdir())


def said(cloud, name, word):
    (line,) = [line for line in cloud.log(name) if line.startswith(word)]
    return line[len(word) + 1 :]


def test_a_warm_program_sees_what_a_fresh_one_sees(cloud):
    make_warm(cloud, VIEW)
    job = run(cloud, "second", IS_WARM + VIEW)
    assert job["TrainingJobStatus"] == "Completed", cloud.log("second")
    assert cloud.log("second")[0] == "warm"
    fresh, warm = (json.loads(said(cloud, name, "view")) for name in ("first", "second"))
    assert {name: value for name, value in warm.items() if fresh[name] != value and name != "main"} == {}
    assert warm["main"].items() >= fresh["main"].items() - {("__annotations__", "{}")}
    assert said(cloud, "first", "drawn") != said(cloud, "second", "drawn")
    assert pool_of(cloud, "first") | {"ResourceRetainedBillableTimeInSeconds": 0} == {
        "Status": "Reused",
        "ReusedByJob": "second",
        "ResourceRetainedBillableTimeInSeconds": 0,
    }


def test_warm_programs_end_as_fresh_ones_end(cloud):
    cold = {**POOL, "VolumeSizeInGB": 2, "KeepAlivePeriodInSeconds": 0}
    for number, ending in enumerate(ENDINGS):
        cloud.submit(f"fresh-{number}", f"import sys, numpy\n{ending}\n", ResourceConfig=cold)
    make_warm(cloud)
    for number, ending in enumerate(ENDINGS):
        warm = run(cloud, f"warm-{number}", f"import sys, numpy\n{ending}\n")
        fresh = cloud.end_of(f"fresh-{number}")
        assert warm.get("FailureReason") == fresh.get("FailureReason")
        assert cloud.log(f"warm-{number}") == cloud.log(f"fresh-{number}")
    assert cloud.run("last", IS_WARM)["TrainingJobStatus"] == "Completed"
    assert cloud.log("last") == ["warm"]  # and so all before were


def test_a_warm_program_is_stopped_with_sigterm_and_what_it_leaves_is_stored(cloud):
    make_warm(cloud)
    code = (
        IS_WARM
        + """
import pathlib, signal, time
signal.signal(signal.SIGTERM, lambda *_: (pathlib.Path("/opt/ml/model/x").write_text("x"), sys.exit(0)))
print("ready", flush=True)
time.sleep(60)
"""
    )
    cloud.submit("second", code, ResourceConfig=POOL)
    wait_until(lambda: cloud.describe("second")["SecondaryStatus"] == "Training" and "ready" in cloud.log("second"))
    cloud.sagemaker.stop_training_job(TrainingJobName="second")
    job = cloud.end_of("second")
    assert cloud.log("second")[0] == "warm"
    assert job["SecondaryStatus"] == "Stopped"
    assert cloud.s3.head_object(Bucket="bucket", Key="out/second/output/model.tar.gz")
    assert pool_of(cloud, "second")["Status"] == "Available"


def test_what_an_import_may_look_at_makes_a_job_start_cold_and_its_log_says_why(cloud):
    make_warm(cloud)
    run(cloud, "other", IS_WARM, Environment={"MPLBACKEND": "agg"})
    assert cloud.log("other") == [
        "sagewright: this job starts cold in its warm pool: these variables differ: MPLBACKEND",
        "cold",
    ]
    cloud.s3.put_object(Bucket="bucket", Key="code/own/json.py", Body=b"mine = True")
    run(cloud, "own", "import json; print(json.mine)", Environment={"MPLBACKEND": "agg"})
    assert cloud.log("own") == [
        "sagewright: this job starts cold in its warm pool: the job brings modules of its own for json",
        "True",
    ]


def test_a_library_that_has_changed_is_imported_afresh(cloud, tmp_path):
    package = tmp_path / "lib/changing"
    package.mkdir(parents=True)
    for number in range(30):
        (package / f"m{number}.py").write_text("")
    (package / "__init__.py").write_text("from . import " + ", ".join(f"m{n}" for n in range(30)) + "\nversion = 1\n")
    environment = {"PYTHONPATH": str(tmp_path / "lib"), "PYTHONDONTWRITEBYTECODE": "1"}
    code = "import sys; print('changing' in sys.modules); import changing; print(changing.version)"
    make_warm(cloud, code, Environment=environment)
    run(cloud, "same", code, Environment=environment)
    assert cloud.log("same") == ["True", "1"]
    (package / "__init__.py").write_text("version = 22\n")
    run(cloud, "changed", code, Environment=environment)
    assert "has changed" in cloud.log("changed")[0]
    assert cloud.log("changed")[1:] == ["False", "22"]


def test_all_hosts_of_a_job_begin_warm(cloud):
    two = {**POOL, "InstanceCount": 2}
    code = IS_WARM + "import socket; print(socket.gethostname(), socket.gethostbyname('algo-2'))"
    cloud.run("first", code, ResourceConfig=two)
    cloud.run("second", code, ResourceConfig=two)
    assert sorted(cloud.log("second")) == ["algo-1 10.0.0.2", "algo-2 10.0.0.2", "warm", "warm"]


def test_a_python_program_that_a_program_starts_begins_warm_too(cloud):
    code = (
        IS_WARM.replace("import numpy", "")
        + """
import os, subprocess
from sagewright.engine.warm import notes
environment = {**os.environ, "SM_HOSTS": str(os.getpid())}
script = "import sys, os; print('inner', 'numpy' in sys.modules, os.getcwd()); import numpy; sys.exit(3)"
command = notes.through_the_door([sys.executable, "-c", script], environment)
done = subprocess.run(command, env=environment, cwd="/opt/ml/input", stdout=subprocess.PIPE, text=True)
print(done.stdout.split()[:3], done.returncode)
"""
    )
    make_warm(cloud, code)
    run(cloud, "second", code)
    assert cloud.log("first") == ["cold", "['inner', 'False', '/opt/ml/input'] 3"]
    assert cloud.log("second") == ["warm", "['inner', 'True', '/opt/ml/input'] 3"]


def test_a_script_of_script_mode_begins_warm(cloud):
    script = IS_WARM + "import json, os, sys; print('TOLD', sys.argv[1:], sys.path[:2], os.getcwd(), __file__)"
    for name in ("first", "second"):
        job = scripts.run(cloud, name, script, hyperparameters={"epochs": 3}, ResourceConfig=POOL)
        assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    first, second = (
        [line for line in cloud.log(name) if "sagemaker-training" not in line] for name in ("first", "second")
    )
    assert ("cold" in first, "warm" in second) == (True, True)
    assert said(cloud, "first", "TOLD") == said(cloud, "second", "TOLD")
    assert not any("starts cold" in line for line in second)

    job = scripts.run(cloud, "fails", IS_WARM + "raise ValueError('mine')", ResourceConfig=POOL)
    assert "warm" in cloud.log("fails")
    assert "ValueError: mine" in job["FailureReason"]
    assert "sagewright/engine" not in job["FailureReason"].partition("Command")[0]

    scripts.submit(cloud, "stopped", {"train.py": IS_WARM + WAIT}, ResourceConfig=POOL)
    wait_until(lambda: cloud.describe("stopped")["SecondaryStatus"] == "Training" and "ready" in cloud.log("stopped"))
    cloud.sagemaker.stop_training_job(TrainingJobName="stopped")
    assert cloud.end_of("stopped")["SecondaryStatus"] == "Stopped"
    assert {"warm", "told to stop"} <= set(cloud.log("stopped"))


def test_a_pool_lives_on_when_the_steward_is_killed_and_ends_when_its_time_is_over(cloud):
    make_warm(cloud)
    (folder,) = interpreters(cloud)
    steward = int((cloud.home / "steward.lock").read_text())
    os.kill(steward, signal.SIGKILL)
    run(cloud, "second", IS_WARM)
    assert cloud.log("second") == ["warm"]
    assert interpreters(cloud) == [folder]

    cloud.sagemaker.update_training_job(TrainingJobName="second", ResourceConfig={"KeepAlivePeriodInSeconds": 0})
    assert pool_of(cloud, "second")["Status"] == "Terminated"
    wait_until(lambda: not keeping.is_there(folder))
    wait_until(lambda: not any(b"warm.interpreter" in _command(pid) for pid in processes_of(cloud.home)))


def _command(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read()
    except OSError:
        return b""


def test_a_job_without_keep_alive_takes_a_pool_and_leaves_none(cloud):
    make_warm(cloud)
    last = cloud.run("last", IS_WARM)
    assert cloud.log("last") == ["warm"]
    assert "WarmPoolStatus" not in last
    assert pool_of(cloud, "first")["ReusedByJob"] == "last"
    wait_until(lambda: not interpreters(cloud))


def test_a_warm_program_dies_with_its_host(cloud):
    make_warm(cloud)
    cloud.submit("second", IS_WARM + "import time; time.sleep(300)", ResourceConfig=POOL, InputDataConfig=[channel()])
    wait_until(lambda: cloud.describe("second")["SecondaryStatus"] == "Training" and "warm" in cloud.log("second"))
    from tests.e2e.test_training import host_of

    os.kill(host_of(cloud).pid(), signal.SIGKILL)
    job = cloud.end_of("second")
    assert job["FailureReason"].startswith("InternalServerError: ")
    assert job["WarmPoolStatus"]["Status"] == "Terminated"
    wait_until(lambda: not any(b"warm.interpreter" in _command(pid) for pid in processes_of(cloud.home)))
