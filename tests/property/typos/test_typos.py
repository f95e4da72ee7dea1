from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sagewright import targets
from sagewright.preflight.code import installed
from tests.property.typos import campaign
from tests.property.typos.campaign import Outcome, Typo

CHANNELS = ("train", "validation", "test")
STAND_INS = Path(__file__).with_name("stand_ins")


@pytest.fixture(autouse=True)
def libraries(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the projects find the libraries that are too large to be installed for them."""
    if importlib.util.find_spec("torch") is None:
        monkeypatch.syspath_prepend(STAND_INS)
    installed.known_names.cache_clear()
    yield
    installed.known_names.cache_clear()


@pytest.fixture
def data(home: Path) -> None:
    """Lay down what the projects train on."""
    s3 = targets.boto_session().client("s3")
    for bucket in ("data", "results"):
        s3.create_bucket(Bucket=bucket)
    for channel in CHANNELS:
        s3.put_object(Bucket="data", Key=f"{channel}/rows.csv", Body=b"1,2,3")


@pytest.mark.usefixtures("data")
def test_projects_without_typos_submit_their_jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clients: dict[tuple[str, str], Any] = {}
    outcomes = {p: campaign.launch(campaign.copy_of(p, tmp_path), monkeypatch, clients) for p in campaign.projects()}
    assert len(outcomes) == 20
    assert {project: outcome.said for project, outcome in outcomes.items() if not outcome.jobs or outcome.said} == {}


@pytest.mark.usefixtures("data")
def test_typos_are_caught_before_a_job_exists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    typos = [typo for project in campaign.projects() for typo in campaign.typos_of(project)]
    missed, clients = [], {}  # type: ignore[var-annotated]
    for number, typo in enumerate(typos):
        folder = campaign.copy_of(typo.project, tmp_path / str(number))
        typo.apply(folder)
        outcome = campaign.launch(folder, monkeypatch, clients)
        if not _is_caught(typo, outcome):
            missed.append((typo, outcome))
    assert len(typos) == 100
    assert len(missed) <= 5, "\n".join(f"{typo}: {outcome}" for typo, outcome in missed)


def _is_caught(typo: Typo, outcome: Outcome) -> bool:
    return outcome.jobs == 0 and campaign.folded(typo.right) in campaign.folded(outcome.said)
