"""What `image_uris.retrieve` answers is what genuine v2 answers (a recorded sample; `tools/compare_image_uris.py`)."""

from __future__ import annotations

import functools
import importlib.util
import json
from pathlib import Path
from typing import Any

from sagewright import image_uris

FOLDER = Path(__file__).with_name("recorded")
ANSWERS: list[tuple[dict[str, Any], str]] = json.loads(FOLDER.joinpath("image_uris.json").read_text())["answers"]


def _tool() -> Any:
    path = Path(__file__).parents[2] / "tools" / "compare_image_uris.py"
    spec = importlib.util.spec_from_file_location("compare_image_uris", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tool = _tool()


def test_every_recorded_question_has_v2s_answer() -> None:
    wrong = [
        (question, told, _answer(question)) for question, told in ANSWERS if _answer(question) != tool.readable(told)
    ]
    assert not wrong
    assert len(ANSWERS) > 400


def test_every_framework_answers_as_v2_does_in_every_region_and_machine() -> None:
    recorded = json.loads(FOLDER.joinpath("image_uri_digests.json").read_text())
    answer = functools.partial(tool.answer, image_uris.retrieve)
    digests = tool.digests(answer, recorded["every"])
    wrong = {name: digest for name, digest in digests.items() if recorded["digests"].get(name) != digest}
    assert wrong == {}, "look into them with tools/compare_image_uris.py"
    assert digests.keys() == recorded["digests"].keys()
    assert sum(count for count, _ in digests.values()) > 1900


def _answer(question: dict[str, Any]) -> str:
    try:
        return image_uris.retrieve(**question)
    except (ValueError, OSError) as error:
        return f"{type(error).__name__}: {error}".partition("\nhint:")[0]
