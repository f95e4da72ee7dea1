"""The user's code: it is parsed, never run."""

from __future__ import annotations

from collections.abc import Iterator

from sagewright.preflight.code import arguments, attributes, imports, names, variables
from sagewright.preflight.code.reading import Code, Unreadable, read
from sagewright.preflight.findings import Finding
from sagewright.preflight.flight import Flight


def check(flight: Flight) -> Iterator[Finding]:
    """Find what would keep the code from running; code that is in S3 already, or is not Python, is passed over."""
    source = flight.source
    if source is None or (source.source_dir or "").lower().startswith("s3://"):
        return
    try:
        code = read(source)
    except Unreadable as error:
        yield error.finding
        return
    if code is None or _is_python_2(flight):
        return
    if code.broken:
        yield from code.broken
        return
    yield from _checked(code, flight)


def _checked(code: Code, flight: Flight) -> Iterator[Finding]:
    yield from imports.check(code, flight)
    yield from arguments.check(code, flight)
    yield from variables.check(code, flight)
    for module in code.modules:
        yield from names.check(module, code)
        yield from attributes.check(module, code, flight)


def _is_python_2(flight: Flight) -> bool:
    image = flight.image
    return image is not None and not flight.is_local and (image.py_version or "").startswith(("py2", "py27"))
