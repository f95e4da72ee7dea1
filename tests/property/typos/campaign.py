"""One hundred slips of the fingers in twenty projects: each is caught before a job exists, and the right name told.

A project is a folder with a `launch.py`, which trains, and mostly a script that it sends. Five tokens of each project
are misspelled, one at a time: names, and texts of one word. Which tokens, and how, follows from the project's name
alone. A line that ends in `# free` holds a name or a text that may be anything: of a file that is written, of a column,
of a variable that nothing reads. The name of our package is left alone: where it is misspelled nothing of ours runs.
"""

from __future__ import annotations

import contextlib
import io
import keyword
import random
import re
import shutil
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

PROJECTS = Path(__file__).with_name("projects")
TYPOS_PER_PROJECT = 5
_WORD = re.compile(r"[-\w./:]{4,}")


class Typo(NamedTuple):
    """One token of a project, misspelled."""

    project: str
    file: str
    line: int
    right: str
    wrong: str
    start: int  # in the line, in characters

    def apply(self, folder: Path) -> None:
        path = folder / self.file
        lines = path.read_text().splitlines(keepends=True)
        line = lines[self.line - 1]
        assert line[self.start :].startswith(self.right)
        lines[self.line - 1] = line[: self.start] + self.wrong + line[self.start + len(self.right) :]
        path.write_text("".join(lines))


class Outcome(NamedTuple):
    """What came of a launch.

    Attributes:
        jobs: How many were submitted.
        said: The error, as Python shows it, without the lines of the traceback.
    """

    jobs: int
    said: str


def projects() -> list[str]:
    return sorted(folder.name for folder in PROJECTS.iterdir() if folder.is_dir())


def typos_of(project: str, count: int = TYPOS_PER_PROJECT, salt: str = "") -> list[Typo]:
    """Choose tokens of a project, and misspell them: the same ones every time."""
    chance = random.Random(project + salt)
    tokens = list(_tokens(project))
    found = []
    for file, line, start, right in chance.sample(tokens, count):
        wrong = _misspelled(right, chance, {token[3] for token in tokens})
        found.append(Typo(project, file, line, right, wrong, start))
    return found


def _tokens(project: str) -> Iterator[tuple[str, int, int, str]]:
    for path in sorted((PROJECTS / project).rglob("*.py")):
        file = str(path.relative_to(PROJECTS / project))
        with path.open("rb") as content:
            for token in tokenize.tokenize(content.readline):
                text, start = token.string, token.start[1]
                if token.type == tokenize.STRING and text[:1] in "\"'":
                    text, start = text[1:-1], start + 1
                elif token.type != tokenize.NAME or keyword.iskeyword(text):
                    continue
                is_free = token.line.rstrip().endswith("# free") or text == "sagewright"
                if _WORD.fullmatch(text) and re.search("[A-Za-z]", text) and not is_free:
                    yield file, token.start[0], start, text


def _misspelled(right: str, chance: random.Random, taken: set[str]) -> str:
    """Swap two letters, leave one out, double one, or hit another; the first stays."""
    places = [i for i in range(1, len(right)) if right[i].isalpha()]
    while True:
        i = chance.choice(places)
        wrong = chance.choice(
            [
                right[: i - 1] + right[i] + right[i - 1] + right[i + 1 :] if i > 1 else right,
                right[:i] + right[i + 1 :],
                right[:i] + right[i] + right[i:],
                right[:i] + chance.choice("aeionrst") + right[i + 1 :],
            ]
        )
        if wrong != right and wrong not in taken:
            return wrong


def launch(folder: Path, monkeypatch: Any, clients: dict[tuple[str, str], Any]) -> Outcome:
    """Run a project's `launch.py` where no job is submitted, but counted.

    Args:
        clients: Those that were made before; to make one costs more than all else.
    """
    from sagewright.session import Session

    make, jobs = Session._client, []

    def client(session: Session, service: str) -> Any:
        place = service, session.boto_region_name
        clients.setdefault(place, None)
        clients[place] = clients[place] or make(session, service)
        return clients[place]

    monkeypatch.setattr(Session, "_client", client)
    monkeypatch.chdir(folder)
    monkeypatch.setattr(Session, "submit_training_job", lambda self, request: jobs.append(request))
    monkeypatch.setattr("sagewright.estimator.base.stay_with", lambda *_, **__: None)
    said = io.StringIO()
    code = Path("launch.py").read_text()
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(code, "launch.py", "exec", dont_inherit=True), {"__name__": "__main__"})
    except Exception as error:  # noqa: BLE001 - whatever a launch ends with
        with contextlib.redirect_stderr(said):
            sys.__excepthook__(type(error), error, error.__traceback__)
        text = said.getvalue()
        return Outcome(len(jobs), text[text.rindex(f"{type(error).__name__}: ") :])
    return Outcome(len(jobs), "")


def folded(text: str) -> str:
    """Return a text in which an option reads as the attribute that it becomes."""
    return text.strip("-").replace("-", "_")


def copy_of(project: str, folder: Path) -> Path:
    return Path(shutil.copytree(PROJECTS / project, folder / project))
