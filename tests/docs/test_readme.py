"""Every Python block of the README and of the docs runs, and so do the docstrings' examples."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import sagewright

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)


def _below(found):
    """Return the modules of a package."""
    path = ROOT / "src" / Path(*found.name.split("."))
    return pkgutil.walk_packages([str(path)], f"{found.name}.") if found.ispkg else ()


PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
# What has no example for users: the engine and its like, and what changes the process that imports it.
WITHOUT = ("sagewright.engine", "sagewright.testing", "sagewright.cli", "sagewright.alias")
PROGRAMS = "sagewright.serve.packed."  # what goes into a model's archive, and loads the model when it is imported
MODULES = sorted(
    module.name
    for found in pkgutil.iter_modules(sagewright.__path__, "sagewright.")
    if found.name not in WITHOUT
    for module in (found, *_below(found))
    if not module.name.startswith(PROGRAMS)
)


def blocks():
    return [
        pytest.param(block, id=f"{page.name}-{number}")
        for page in PAGES
        for number, block in enumerate(BLOCK.findall(page.read_text()))
    ]


@pytest.mark.parametrize("block", blocks())
def test_python_blocks_run(block, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", block], cwd=tmp_path, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr


def test_what_the_quick_start_says_it_prints_is_what_it_prints(tmp_path):
    (block,) = BLOCK.findall((ROOT / "README.md").read_text())
    done = subprocess.run(
        [sys.executable, "-c", block], cwd=tmp_path, capture_output=True, text=True, timeout=100, check=True
    )
    assert re.search(r"\{'predictions': \[\{'score': (21\.0\d*|20\.99\d*)\}\]\}", done.stdout)


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_of_docstrings_run(module):
    result = doctest.testmod(importlib.import_module(module), optionflags=doctest.ELLIPSIS)
    assert result.failed == 0


def test_there_are_examples():
    finder = doctest.DocTestFinder()
    count = sum(bool(test.examples) for module in MODULES for test in finder.find(importlib.import_module(module)))
    assert count >= 8


def test_links_to_files_lead_somewhere():
    for page in PAGES:
        for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text()):
            assert (page.parent / link).exists(), f"{page}: {link}"
