"""Who imports whom, and what an import costs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ("boto3", "botocore", "numpy", "pandas", "sklearn", "moto", "requests", "dataclasses", "sagewright.engine")


def loaded_by(code: str) -> set[str]:
    """Return the modules that a program has loaded when it has run."""
    program = f"import sys\n{code}\nprint(*sorted(sys.modules))"
    return set(
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    )


def test_the_import_contracts_are_kept():
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "code",
    [
        "import sagewright",
        "from sagewright.estimator import Estimator",
        "import sagewright as s; s.estimator.Estimator; s.inputs.TrainingInput; s.Model; s.Predictor",
        "import sagewright.targets, sagewright.alias, sagewright.cli.run",
    ],
)
def test_importing_loads_nothing_heavy(code):
    loaded = loaded_by(code)
    assert [name for name in HEAVY if name in loaded] == []


def test_importing_prints_nothing_and_starts_nothing(tmp_path):
    code = "import sagewright.estimator, sagewright.session, threading; assert threading.active_count() == 1"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert (done.stdout, done.stderr) == ("", "")
    assert list(tmp_path.iterdir()) == []


def test_the_engine_of_a_local_call_loads_no_job_library():
    loaded = loaded_by("from sagewright import targets; targets.boto_session().client('sts').get_caller_identity()")
    assert [name for name in ("numpy", "pandas", "sklearn", "moto") if name in loaded] == []
    assert "sagewright.engine" in loaded


def test_no_file_has_outgrown_its_subject():
    sizes = {path.relative_to(ROOT): len(path.read_text().splitlines()) for path in (ROOT / "src").rglob("*.py")}
    # An interface's contract is allowed its length.
    grown = {str(path) for path, lines in sizes.items() if lines > 500}
    assert grown <= {"src/sagewright/engine/abc.py"}
