"""What `image_uris.retrieve` answers is what genuine v2 answers (a recorded sample; `tools/compare_image_uris.py`)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from sagewright import image_uris

ANSWERS: list[tuple[dict[str, Any], str]] = json.loads(
    Path(__file__).with_name("recorded").joinpath("image_uris.json").read_text()
)["answers"]


def test_every_recorded_question_has_v2s_answer() -> None:
    wrong = [(question, told, _answer(question)) for question, told in ANSWERS if _answer(question) != _readable(told)]
    assert not wrong
    assert len(ANSWERS) > 400


def _answer(question: dict[str, Any]) -> str:
    try:
        return image_uris.retrieve(**question)
    except (ValueError, OSError) as error:
        return f"{type(error).__name__}: {error}".partition("\nhint:")[0]


def _readable(answer: str) -> str:
    """Return v2's answer without what is no information: a key of the table, and the order and dress of a set."""
    answer = answer.replace("base framework(s): version_aliases, ", "base framework(s): ")
    listed = re.search(r"\{(.*)\}", answer)
    if listed:
        answer = answer.replace(listed[0], ", ".join(sorted(name.strip("' ") for name in listed[1].split(","))))
    return answer
