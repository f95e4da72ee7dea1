"""Write what `image_uris.retrieve` answers to every question that the tables allow, one line each.

    python tools/compare_image_uris.py sagemaker > genuine.txt        (with the SDK installed)
    python tools/compare_image_uris.py sagewright > ours.txt
    diff genuine.txt ours.txt

Asked is for every framework, scope, version, alias, Python version, base framework and kind of machine, and where
there is an answer, for every region.
`--sample N` writes every Nth line as JSON, arguments and answer, which is how the recorded sample was made.
`--digests N` asks every Nth question in one region after the other, and writes for each framework how many those were
and a digest of their answers; a digest that differs is looked into with the lines above.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import itertools
import json
import logging
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TABLES = Path(__file__).parents[1] / "src/sagewright/vocabulary/image_tables/tables.json"
MACHINES = (
    *(None, "local", "local_gpu", "ml.m5.large", "ml.c5.xlarge", "ml.p2.xlarge", "ml.p3.2xlarge", "ml.p4d.24xlarge"),
    *("ml.g5.xlarge", "ml.c6g.large", "ml.inf1.xlarge", "ml.inf2.xlarge", "ml.trn1.2xlarge", "ml_m5", "neuron", "huge"),
)
FAMILIES = {
    "huggingface": ("huggingface", "huggingface-neuron", "huggingface-neuronx", "huggingface-training-compiler")
}
FAMILIES["pytorch"] = ("pytorch", "pytorch-neuron", "pytorch-training-compiler")

Question = dict[str, Any]


def questions(answer_to: Any) -> Iterator[tuple[Question, str]]:
    """Yield questions with their answers; what has an answer in one region is asked in all."""
    document = json.loads(TABLES.read_text())
    regions = sorted({region for accounts in document["registries"] for region in accounts} - {"us-west-2"})
    for framework in document["frameworks"]:
        tables = [document["frameworks"][name] for name in FAMILIES.get(framework, (framework,))]
        for asked in of_framework(framework, tables):
            question = {"framework": framework, "region": "us-west-2", **asked}
            answer = answer_to(question)
            yield question, answer
            if ".dkr." in answer:
                yield from (
                    ({**question, "region": region}, answer_to({**question, "region": region})) for region in regions
                )


def digests(answer_to: Any, every: int) -> dict[str, list[Any]]:
    """Return for each framework how many questions were asked of it, and a digest of the answers."""
    document = json.loads(TABLES.read_text())
    regions = sorted({region for accounts in document["registries"] for region in accounts})
    found: dict[str, list[Any]] = {}
    for framework in document["frameworks"]:
        tables = [document["frameworks"][name] for name in FAMILIES.get(framework, (framework,))]
        digest, count = hashlib.sha256(), 0
        for number, asked in enumerate(of_framework(framework, tables)):
            if number % every == 0:
                question = {"framework": framework, "region": regions[number // every % len(regions)], **asked}
                digest.update(f"{json.dumps(question)} {readable(answer_to(question))}\n".encode())
                count += 1
        found[framework] = [count, digest.hexdigest()[:16]]
    return found


def readable(answer: str) -> str:
    """Return v2's answer without what is no information: a key of the table, the order and dress of a set, a path."""
    if answer.startswith("FileNotFoundError"):
        return "FileNotFoundError"
    answer = answer.replace("base framework(s): version_aliases, ", "base framework(s): ")
    listed = re.search(r"\{(.*)\}", answer)
    if listed:
        answer = answer.replace(listed[0], ", ".join(sorted(name.strip("' ") for name in listed[1].split(","))))
    return answer


def of_framework(framework: str, tables: list[Any]) -> Iterator[Question]:
    """Yield the questions about one framework in one region."""
    scopes = {"training", "inference", *(scope for table in tables for scope in table.get("scope", table))}
    for (version, (bases, pythons)), scope in itertools.product(
        of_versions(tables).items(), (None, *sorted(scopes - {"versions"}))
    ):
        for base, python in itertools.product((None, *sorted(bases)), (None, "py1", *sorted(pythons))):
            common = {"image_scope": scope, "version": version, "base_framework_version": base, "py_version": python}
            common = {name: value for name, value in common.items() if value is not None}
            yield from ({**common, "instance_type": machine} if machine else common for machine in MACHINES)
            if python != "py1":
                yield from ({**common, **extra} for extra in extras(framework))


def of_versions(tables: list[Any]) -> dict[str | None, tuple[set[str], set[str]]]:
    """Return the versions, with the base frameworks and the Python versions of each."""
    found: dict[str | None, tuple[set[str], set[str]]] = {None: (set(), set()), "0.0.1": (set(), set())}
    for part in (part for table in tables for part in ([table] if "versions" in table else table.values())):
        aliases = part.get("version_aliases", {})
        for version, meant in [*((version, version) for version in part["versions"]), *aliases.items()]:
            bases, pythons = found.setdefault(version, (set(), set()))
            images = part["versions"].get(meant, {})
            bases.update(name for name in images if name.startswith(("pytorch", "tensorflow")))
            bases.update(images.get("version_aliases", {}))
            pythons.update(images.get("py_versions", []), (name for name in images if name in ("py2", "py3")))
            for inner in images.values():
                pythons.update(inner.get("py_versions", []) if isinstance(inner, dict) else [])
    return found


def extras(framework: str) -> Iterator[Question]:
    yield {"container_version": "cu118", "instance_type": "ml.p3.2xlarge"}
    yield {"accelerator_type": "ml.eia2.medium", "instance_type": "ml.m5.large"}
    yield {"accelerator_type": "eia"}
    yield {"distribution": {"smdistributed": {"dataparallel": {"enabled": True}}}, "instance_type": "ml.p3.16xlarge"}
    yield {"serverless_inference_config": True}
    if framework in FAMILIES:
        for tool, machine in (("neuron", "ml.inf1.xlarge"), ("neuronx", "ml.inf2.xlarge"), ("neuronx", None)):
            yield {"inference_tool": tool, "instance_type": machine}
            yield {"inference_tool": tool, "instance_type": machine, "sdk_version": "sdk9.9.9"}
        yield {"training_compiler_config": True, "instance_type": "ml.p3.2xlarge"}


def answer(retrieve: Any, question: Question) -> str:
    try:
        return str(retrieve(**question))
    except Exception as error:  # noqa: BLE001
        return f"{type(error).__name__}: {str(error).partition(chr(10) + 'hint:')[0]}"


def main(package: str, sample: int, every: int) -> None:
    logging.disable()
    module = importlib.import_module(f"{package}.image_uris")
    module.config_for_framework = functools.cache(module.config_for_framework)
    if package == "sagemaker":  # it reads a file with all endpoints of AWS for each question
        module.utils._botocore_resolver = functools.cache(module.utils._botocore_resolver)
    if every:
        found = digests(functools.partial(answer, module.retrieve), every)
        print("{" + ",\n".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in found.items()) + "}")
        return
    for number, (question, text) in enumerate(questions(functools.partial(answer, module.retrieve))):
        if sample == 0:
            print(json.dumps(question), text)
        elif number % sample == 0:
            print(json.dumps([question, text]))


if __name__ == "__main__":
    options = dict(zip(sys.argv[2::2], map(int, sys.argv[3::2]), strict=True))
    main(sys.argv[1], options.get("--sample", 0), options.get("--digests", 0))
