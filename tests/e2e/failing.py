"""Programs that go wrong, each in a way of its own, and what is to come of it."""

from __future__ import annotations

from typing import NamedTuple

OUT_OF_MEMORY = (
    "ClientError: Please use an instance type with more memory, or reduce the size of job data processed on an "
    "instance."
)


class Failing(NamedTuple):
    """A program that goes wrong.

    Attributes:
        reason: The job's whole FailureReason.
        shown: What of the user's own the exception must show, beside the reason.
        environment: Variables of the submitter while it submits.
    """

    program: str
    reason: str
    shown: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()


def exit_code(number: int, text: str = "") -> str:
    return f"AlgorithmError: {text}, exit code: {number}"


IN_PLAIN_PYTHON = {
    "syntax error": Failing("x = 1\nif x\n", exit_code(1), ('train.py", line 2', "if x", "SyntaxError: ")),
    "import error": Failing(
        "import no_such_library\n",
        exit_code(1),
        ('train.py", line 1', "ModuleNotFoundError: No module named 'no_such_library'"),
    ),
    "exception": Failing(
        "def load():\n    raise ValueError('row 7 has no label')\nload()\n",
        exit_code(1),
        ('train.py", line 2, in load', "ValueError: row 7 has no label"),
    ),
    "exit code": Failing("import sys\nsys.exit(7)\n", exit_code(7)),
    "exit with a text": Failing("import sys\nsys.exit('no rows left')\n", exit_code(1), ("no rows left",)),
    "missing channel": Failing(
        "import os\nos.listdir('/opt/ml/input/data/validation')\n",
        exit_code(1),
        ('train.py", line 2', "FileNotFoundError", "/opt/ml/input/data/validation"),
    ),
    "unreadable data": Failing(
        "import json\njson.loads(open('/opt/ml/input/data/code/train.py').read())\n",
        exit_code(1),
        ('train.py", line 2', "JSONDecodeError: Expecting value"),
    ),
    "segmentation fault": Failing(
        "import faulthandler, signal, os\nfaulthandler.enable()\nos.kill(os.getpid(), signal.SIGSEGV)\n",
        exit_code(139),
        ("Fatal Python error: Segmentation fault", 'train.py", line 3'),
    ),
    "abort": Failing("import os\nos.abort()\n", exit_code(134)),
    "killed": Failing("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n", exit_code(137)),
    "out of memory": Failing(
        "import time\nhoard = [bytearray(1 << 20) for _ in range(400)]\ntime.sleep(60)\n",
        OUT_OF_MEMORY,
        ("out of memory", "this host has 200 MiB"),
        (("SAGEWRIGHT_MEMORY_MIB", "200"),),
    ),
    "out of memory in children": Failing(
        "import multiprocessing, time\n"
        "def work(_):\n    hoard = bytearray(b'x' * (100 << 20))\n    time.sleep(60)\n"
        "multiprocessing.get_context('fork').Pool(4).map(work, range(4))\n",
        OUT_OF_MEMORY,
        ("out of memory", "this host has 200 MiB"),
        (("SAGEWRIGHT_MEMORY_MIB", "200"),),
    ),
    "failure file": Failing(
        "import sys\nopen('/opt/ml/output/failure', 'w').write('the labels are all the same')\nsys.exit(3)\n",
        exit_code(3, "the labels are all the same"),
    ),
    "long failure file": Failing(
        "import sys\nopen('/opt/ml/output/failure', 'w').write('x' * 5000)\nsys.exit(1)\n",
        (exit_code(1, "x" * 1024))[:1024],
    ),
    "failure file that is none": Failing(
        "import os, sys\nos.mkfifo('/opt/ml/output/failure')\nsys.exit(1)\n", exit_code(1)
    ),
    "failure file of bytes": Failing(
        "import sys\nopen('/opt/ml/output/failure', 'wb').write(b'caf\\xe9')\nsys.exit(1)\n", exit_code(1, "caf\ufffd")
    ),
    "one endless line": Failing(
        "import sys\nfor _ in range(20): sys.stdout.write('x' * 100_000)\nprint()\nraise ValueError('at last')\n",
        exit_code(1),
        ("ValueError: at last",),
    ),
    "flood of lines": Failing(
        "print('\\n'.join(map(str, range(20_000))))\nraise ValueError('line 20001')\n",
        exit_code(1),
        ("ValueError: line 20001",),
    ),
    "bytes that are no text": Failing(
        "import os\nos.write(2, bytes(range(256)) + b'\\n')\n"
        "os.write(2, 'caf\\xe9\\n'.encode('latin-1'))\nraise ValueError('after them')\n",
        exit_code(1),
        ("caf\ufffd", "ValueError: after them"),
    ),
    "last line without an end": Failing(
        "import os\nos.write(2, b'unfinished')\nos._exit(1)\n", exit_code(1), ("unfinished",)
    ),
    "crash of a child": Failing(
        "import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'import os; os.abort()'], check=True)\n",
        exit_code(1),
        ('train.py", line 2', "CalledProcessError", "SIGABRT"),
    ),
    "unwritable output": Failing(
        "open('/opt/ml/model', 'w')\n", exit_code(1), ('train.py", line 1', "IsADirectoryError", "/opt/ml/model")
    ),
    "full disk": Failing(
        "with open('/dev/full', 'w') as file:\n    file.write('x')\n",
        exit_code(1),
        ('train.py", line', "OSError: [Errno 28] No space left on device"),
    ),
    "recursion": Failing(
        "def f(n):\n    return f(n + 1)\nf(0)\n", exit_code(1), ('train.py", line 2, in f', "RecursionError")
    ),
    "missing hyperparameter": Failing(
        "import json\nparameters = json.load(open('/opt/ml/input/config/hyperparameters.json'))\n"
        "rate = float(parameters['rate'])\n",
        exit_code(1),
        ('train.py", line 3', "KeyError: 'rate'"),
    ),
}


def by_script(code: int, message: str, extra: str = "") -> str:
    """Return the beginning of the reason of a script's failure."""
    return f'AlgorithmError: ExecuteUserScriptError:\nExitCode {code}\nErrorMessage "{message}"\n{extra}Command "'


IN_SCRIPT_MODE = {
    "exception": Failing(
        "def load():\n    raise ValueError('row 7 has no label')\nload()\n",
        by_script(1, "ValueError: row 7 has no label").partition("ErrorMessage")[0],
        ('train.py", line 2, in load', "ValueError: row 7 has no label"),
    ),
    "exit with a text": Failing("import sys\nsys.exit('no rows left')\n", by_script(1, "no rows left")),
    "missing hyperparameter": Failing(
        "import argparse\np = argparse.ArgumentParser()\np.add_argument('--rate', required=True)\np.parse_args()\n",
        by_script(2, "").partition("ErrorMessage")[0],
        ("the following arguments are required: --rate",),
    ),
    "killed": Failing(
        "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n",
        by_script(137, "").partition("ErrorMessage")[0],
        ("OutOfMemory: Process killed by SIGKILL (signal 9)",),
    ),
    "out of memory": Failing(
        "import time\nhoard = [bytearray(1 << 20) for _ in range(400)]\ntime.sleep(60)\n",
        OUT_OF_MEMORY,
        ("out of memory", "this host has 200 MiB"),
        (("SAGEWRIGHT_MEMORY_MIB", "200"),),
    ),
}
