"""The shell script that a framework's processing job starts with: it unpacks the code and runs it."""

from __future__ import annotations

import logging
import re
import shlex
from collections.abc import Sequence

logger = logging.getLogger("sagemaker")

FOLDER = "/opt/ml/processing/input/code/"
_REPOSITORY = re.compile(
    r"arn:(?P<partition>[\w-]+):codeartifact:(?P<region>[\w-]+):(?P<account>\w+)"
    r":repository/(?P<domain>[\w-]+)/(?P<repository>[\w.-]+)"
)


def bootstrap_script(command: Sequence[str], script: str, codeartifact_repo_arn: str | None = None) -> str:
    """Return a shell script that unpacks the code, installs what it requires and runs it with its own arguments.

    Args:
        command: What runs the script.
        script: A path in the code's archive.
        codeartifact_repo_arn: Where requirements come from; None: from where pip is set up to look.

    Raises:
        ValueError: The ARN is none of a repository.
    """
    login = _login(codeartifact_repo_arn) if codeartifact_repo_arn else ()
    lines = (
        "#!/bin/bash",
        "# Any failure ends the job: its exit code is what the service goes by.",
        "set -e",
        f"cd {FOLDER}",
        "tar -xzf sourcedir.tar.gz",
        "",
        "if [[ -f requirements.txt ]]; then",
        *(f"    {line}" for line in login),
        "    # The typing package of old images gets in pip's way.",
        "    pip uninstall --yes typing",
        "    python -m pip install -r requirements.txt",
        "fi",
        "",
        f'{" ".join(command)} {shlex.quote(script)} "$@"',
        "",
    )
    return "\n".join(lines)


def _login(arn: str) -> tuple[str, ...]:
    """Return the lines that tell pip of a repository, where there is a CLI to do it."""
    match = _REPOSITORY.fullmatch(arn)
    if match is None:
        raise ValueError(
            f"invalid CodeArtifact repository arn {arn}\n"
            "hint: arn:aws:codeartifact:<region>:<account>:repository/<domain>/<repository>"
        )
    where = match.groupdict()
    logger.info("pip of the job asks the CodeArtifact repository `%(repository)s` of `%(domain)s`", where)
    options = (
        f"--domain {where['domain']} --domain-owner {where['account']} "
        f"--repository {where['repository']} --region {where['region']}"
    )
    return (
        "if hash aws 2>/dev/null; then",
        f"    aws codeartifact login --tool pip {options}",
        "else",
        '    echo "There is no AWS CLI in this image: no login to CodeArtifact." >&2',
        "fi",
    )
