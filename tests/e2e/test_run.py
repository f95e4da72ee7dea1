"""`sagewright run`: an unedited program, on the target."""

from __future__ import annotations

import os
import signal
import venv

import pytest

from tests.e2e.programs import programs_in

WHO = 'import boto3; print(boto3.client("sts").get_caller_identity()["Arn"])'
ARN = "arn:aws:sts::123456789012:assumed-role/SagewrightExecutionRole/sagewright"


@pytest.fixture
def programs(tmp_path):
    return programs_in(tmp_path)


# As Python would run it -----------------------------------------------------------------------------------------------


def test_arguments_and_names_are_the_script_s(programs):
    script = programs.script("import sys; print(__name__, sys.argv, sys.path[0])")
    done = programs.run(script, "--target", "x", "-m", "--", "a b")
    assert done.stdout == f"__main__ {[script, '--target', 'x', '-m', '--', 'a b']} {programs.folder}\n"
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("ending", "code", "said"),
    [
        ("sys.exit(7)", 7, ""),
        ("sys.exit('why')", 1, "why\n"),
        ("1 / 0", 1, "ZeroDivisionError: division by zero\n"),
        ("os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL, ""),
    ],
)
def test_it_ends_as_the_script_ends(programs, ending, code, said):
    done = programs.run(programs.script(f"import os, signal, sys\nprint('out')\nsys.stdout.flush()\n{ending}"))
    assert (done.returncode, done.stdout) == (code, "out\n")
    assert done.stderr.endswith(said)


def test_a_traceback_shows_the_user_s_code_alone(programs):
    done = programs.run(programs.script("def mine():\n    raise KeyError('mine')\nmine()"))
    files = [line.split('"')[1] for line in done.stderr.splitlines() if line.startswith("  File ")]
    assert files == [str(programs.folder / "script.py")] * 2


def test_the_process_is_the_script_s_own(programs):
    """No process of ours stands between: signals and process ids are the program's."""
    script = programs.script("import os, time; print(os.getpid(), flush=True); time.sleep(60)")
    with programs.start(script) as process:
        assert process.stdout is not None
        assert int(process.stdout.readline()) == process.pid
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGINT
    assert err.endswith("KeyboardInterrupt\n")


def test_a_module_a_package_and_standard_input(programs):
    programs.script("import sys; print(__name__, __package__, sys.argv[1:])", "package/__main__.py")
    programs.script("", "package/__init__.py")
    assert programs.run("-m", "package", "-x", "1").stdout == "__main__ package ['-x', '1']\n"
    assert programs.run("-m", "package", "--target", "x").stdout == "__main__ package ['--target', 'x']\n"
    assert programs.run("package").stdout == programs.run("--", "package").stdout == "__main__  []\n"
    assert programs.run("-", "1", stdin="import sys; print(sys.argv, input)").stdout.startswith("['-', '1']")
    assert programs.run(programs.script("print(input())"), stdin="typed\n").stdout == "typed\n"
    missing = programs.run("-m", "not_there")
    assert missing.returncode == 1
    assert "No module named not_there" in missing.stderr


# Where its calls go ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "program",
    [
        WHO,
        "import boto3.session\n" + WHO,
        "from botocore.session import Session\nprint(Session().create_client('sts').get_caller_identity()['Arn'])",
        WHO.replace('"sts"', '"sts", endpoint_url="https://sts.us-east-1.amazonaws.com"'),
        WHO.replace('"sts"', '"sts", "eu-west-1", endpoint_url="http://10.0.0.1:1"'),
        WHO.replace('"sts"', '"sts", aws_access_key_id="mine", aws_secret_access_key="secret"'),
        "import boto3; boto3.setup_default_session(region_name='eu-west-1')\n" + WHO,
    ],
)
def test_every_client_is_answered_here(programs, program):
    assert programs.says(program) == ARN


CHILDREN = {
    "subprocess": "import subprocess, sys; subprocess.run([sys.executable, '-c', PROGRAM], check=True)",
    "shell": "import os, shlex, sys; sys.exit(os.system(shlex.join([sys.executable, '-c', PROGRAM])))",
    "spawn": "from multiprocessing import get_context\n"
    "child = get_context('spawn').Process(target=exec, args=(PROGRAM,)); child.start(); child.join()",
    "fork": "import boto3; boto3.client('sts').get_caller_identity(); from multiprocessing import get_context\n"
    "child = get_context('fork').Process(target=exec, args=(PROGRAM,)); child.start(); child.join()",
    "grandchild": "import subprocess, sys; subprocess.run([sys.executable, '-c', "
    "f'import subprocess, sys; subprocess.run([sys.executable, \"-c\", {PROGRAM!r}])'], check=True)",
}


@pytest.mark.parametrize("how", CHILDREN)
def test_so_are_its_children_s(programs, how):
    text = f"PROGRAM = {WHO!r}\nif __name__ == '__main__':\n" + "".join(
        f"    {line}\n" for line in CHILDREN[how].splitlines()
    )
    assert programs.says(text) == ARN


def test_other_configuration_leads_nowhere_else(programs):
    config = programs.folder / "config"
    config.write_text("[default]\nregion = eu-north-1\nendpoint_url = http://10.0.0.1\n[profile work]\nrole_arn = x\n")
    elsewhere = {
        "AWS_CONFIG_FILE": str(config),
        "AWS_PROFILE": "work",
        "AWS_ENDPOINT_URL_STS": "http://10.0.0.1",
        "AWS_DEFAULT_REGION": "eu-west-3",
    }
    script = programs.script(WHO + "\nprint(boto3.client('s3').meta.region_name)")
    done = programs.run(script, **elsewhere)
    assert done.stdout.split() == [ARN, "eu-west-3"], done.stderr


def test_a_request_that_finds_another_way_out_is_stopped(programs):
    """A client whose `before-send` handlers have been taken away cannot send."""
    said = programs.says(
        """
        import boto3
        from sagewright.engine.gateway.mounts.process import OutsideTarget
        client = boto3.client("sts")
        client.meta.events.unregister("before-send", unique_id="sagewright-answer")
        try:
            client.get_caller_identity()
        except OutsideTarget as error:
            print(error)
        """
    )
    assert "would leave this machine, but the target is `local`.\nhint: " in said


def test_the_net_of_this_test_has_no_hole(programs):
    """Without Sagewright the same programs would have reached for the network."""
    done = programs.run("--target", "aws", programs.script(WHO), AWS_ACCESS_KEY_ID="a", AWS_SECRET_ACCESS_KEY="b")
    assert done.returncode == 1
    assert "a socket was about to leave the machine" in done.stderr


# `import sagemaker` ---------------------------------------------------------------------------------------------------

NAME = "import sagemaker; print(sagemaker.__name__)"


@pytest.fixture
def genuine(programs):
    """A package `sagemaker` that a program can import."""
    programs.script("", "sagemaker/__init__.py")
    return programs


def test_sagemaker_is_sagewright(genuine):
    assert genuine.says(NAME) == "sagewright"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {NAME!r}], check=True)"
    assert genuine.says(child) == "sagewright"


def test_the_genuine_one_is_left_alone_and_answered_here(genuine):
    done = genuine.run("--genuine", genuine.script(f"{NAME}\n{WHO}"))
    assert done.stdout.split() == ["sagemaker", ARN], done.stderr


def test_genuine_overrules_an_alias_that_is_inherited(genuine):
    script = genuine.script(NAME, "inner.py")
    command = ["-m", "sagewright.cli", "run", "--genuine", script]
    assert genuine.says(f"import subprocess, sys; subprocess.run([sys.executable, *{command}])") == "sagemaker"


# What else a program's start does -------------------------------------------------------------------------------------


def test_another_sitecustomize_still_runs(programs):
    folder = programs.folder / "site"
    programs.script("import builtins; builtins.CUSTOM = __name__", "site/sitecustomize.py")
    path = os.pathsep.join([str(folder), programs.environment["PYTHONPATH"]])
    done = programs.run(programs.script(f"print(CUSTOM)\n{WHO}"), PYTHONPATH=path)
    assert done.stdout.split() == ["sitecustomize", ARN], done.stderr


def test_a_program_that_calls_nobody_loads_nothing(programs, home):
    heavy = {"boto3", "botocore", "numpy", "sqlite3", "asyncio", "sagewright.engine"}
    assert programs.says(f"import sys; print({heavy} & set(sys.modules))") == "set()"
    assert not home.exists()


@pytest.fixture
def bare(tmp_path):
    """An interpreter that has nothing but the standard library."""
    venv.create(tmp_path / "bare", symlinks=True)
    return str(tmp_path / "bare" / "bin" / "python")


def test_an_interpreter_without_sagewright_goes_its_way(programs, bare):
    """Programs start others that have nothing to do with AWS: they are not to notice."""
    folder = programs.script("print('customized')", "site/sitecustomize.py").rpartition("/")[0]
    script = programs.script(f"import subprocess; subprocess.run([{bare!r}, '-c', 'print(1)'], check=True)")
    done = programs.run(script, PYTHONPATH=folder)
    assert (sorted(done.stdout.split()), done.stderr) == (["1", *["customized"] * 3], "")


def test_but_its_calls_do_not_go_to_aws(programs, bare):
    programs.script("", "botocore/__init__.py")
    programs.script("print('out of control')", "botocore/session.py")
    inner = programs.script("import botocore.session", "inner.py")
    done = programs.run(programs.script(f"import subprocess, sys; sys.exit(subprocess.call([{bare!r}, {inner!r}]))"))
    assert done.returncode == 1
    assert f"ImportError: The interpreter {bare} has no Sagewright" in done.stderr
    assert "hint: pip install sagewright there" in done.stderr


def test_a_client_that_cannot_be_routed_is_refused(programs):
    programs.script("", "aiobotocore/__init__.py")
    programs.script("class AioSession:\n    def create_client(self, service): return 'out'", "aiobotocore/session.py")
    done = programs.run(programs.script("from aiobotocore.session import AioSession; AioSession().create_client('s3')"))
    assert done.returncode == 1
    assert "aiobotocore cannot be led to the target `local` (client of `s3`)." in done.stderr
