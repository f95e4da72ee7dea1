"""Our public interface is v2's: same names, same parameters in the same order, and at most optional ones more.

What differs stands in `gaps/` with its reason, and what stands there is true. What we do not have is `not yet`.
With `GENUINE_PYTHON=...`, an interpreter that has the genuine package, the record is compared with what is installed.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.parity import comparison, pages
from tests.parity.comparison import DIFFERS, EXTENDED, NOT_YET, REFUSED, SAME, Item
from tests.parity.gaps import Differs, Gap, NotYet, Refused

ROOT = Path(__file__).parents[2]


@cache
def bare() -> list[Item]:
    return comparison.compared(comparison.recorded())


@cache
def items() -> list[Item]:
    return comparison.explained(bare(), comparison.tables())


def test_every_difference_has_its_reason() -> None:
    unexplained = [item.path for item in items() if item.status in (DIFFERS, REFUSED) and not item.why]
    assert unexplained == [], "make them as v2 has them, or say why in tests/parity/gaps/"


def test_every_listed_gap_is_one() -> None:
    listed = comparison.tables()
    explained = [(item, comparison.pattern_of(item, listed)) for item in bare() if item.status in (DIFFERS, NOT_YET)]
    true = {path for item, path in explained if path and _explains(listed[path], item)}
    stale = set(listed) - true
    assert stale == set(), "they are as v2 has them: strike them from tests/parity/gaps/"


def _explains(gap: Gap, item: Item) -> bool:
    return item.status == DIFFERS or not isinstance(gap, Differs)


def test_pages_show_what_is_compared() -> None:
    stale = [path for path, text in pages.pages().items() if not _is_written(pages.REFERENCE / path, text)]
    assert stale == [], "run `make compatibility`"


def _is_written(page: Path, text: str) -> bool:
    return page.is_file() and page.read_text("utf-8") == text


def test_what_users_use_most_is_there() -> None:
    counts = Counter(item.status for item in items())
    assert counts[SAME] + counts[EXTENDED] > 550
    assert {item.status for item in items() if item.path == "estimator.Estimator.__init__"} <= {SAME, EXTENDED}


@pytest.mark.skipif("GENUINE_PYTHON" not in os.environ, reason="GENUINE_PYTHON names no interpreter with v2")
def test_record_is_what_is_installed() -> None:
    program = "import json, tests.parity.interface as i; print(json.dumps(i.interface('sagemaker')))"
    environment = {**os.environ, "SAGEMAKER_SUPPRESS_V2_WARNING": "1", "PYTHONPATH": str(ROOT)}
    python = os.environ["GENUINE_PYTHON"]
    told = subprocess.run(
        [python, "-c", program], capture_output=True, cwd=ROOT, env=environment, check=True, text=True
    )
    assert json.loads(told.stdout.splitlines()[-1]) == comparison.recorded()


# The comparison itself, on a package of two modules.

RECORDED: dict[str, Any] = {
    "enums": {
        "names": {
            "EndpointType": {
                "kind": "class",
                "bases": [],
                "members": {"MODEL_BASED": "value EndpointType.MODEL_BASED", "GONE": "value EndpointType.GONE"},
            },
            "Absent": {"kind": "class", "bases": [], "members": {"method": []}},
        }
    },
    "s3": {
        "names": {
            "parse_s3_url": {"kind": "function", "parameters": ["url"]},
            "s3_path_join": {"kind": "function", "parameters": ["arguments"]},
            "S3Uploader": {"kind": "class", "bases": [], "members": {"upload": ["@class", "local_path"]}},
            "handed_on": {"alias": "absent.module.name"},
        }
    },
    "absent": {"names": {"anything": {"kind": "function", "parameters": []}}},
    "unimportable": {"needs": "mlflow"},
}


def test_comparison_tells_what_is_there_from_what_is_not() -> None:
    found = {item.path: item.status for item in comparison.compared(RECORDED)}
    assert found == {
        "enums": SAME,
        "enums.EndpointType": SAME,
        "enums.EndpointType.MODEL_BASED": SAME,
        "enums.EndpointType.GONE": NOT_YET,
        "enums.Absent": NOT_YET,
        "s3": SAME,
        "s3.parse_s3_url": SAME,
        "s3.s3_path_join": DIFFERS,
        "s3.S3Uploader": SAME,
        "s3.S3Uploader.upload": DIFFERS,
        "absent": NOT_YET,
        "absent.anything": NOT_YET,
    }


@pytest.mark.parametrize(
    ("v2", "ours", "verdict"),
    [
        (["a", "b=None"], ["a", "b=None"], SAME),
        (["a", "b=None"], ["a", "b=None", "c=1"], EXTENDED),
        (["a", "b=None"], ["a", "b=None", "*", "c=1"], EXTENDED),
        (["a", "b=None", "**kwargs"], ["a", "b=None", "c=1", "**kwargs"], EXTENDED),
        (["a", "b=None"], ["a", "b=None", "c"], DIFFERS),
        (["a", "b=None"], ["a", "b=1"], DIFFERS),
        (["a", "b=None"], ["b=None", "a"], DIFFERS),
        (["a", "*", "b=None"], ["a", "b=None"], DIFFERS),
        (["a", "b=None"], ["a"], DIFFERS),
    ],
)
def test_parameters_are_compared_in_order_and_default(v2: list[str], ours: list[str], verdict: str) -> None:
    assert comparison.verdict(v2, ours) == verdict


def test_longest_pattern_explains() -> None:
    listed: dict[str, Gap] = {"s3.*": NotYet("all"), "s3.S3*.upload": Refused("no")}
    item = Item("s3", "s3.S3Uploader.upload", "method", DIFFERS)
    assert comparison.explained([item], listed) == [item._replace(status=REFUSED, why="no")]
