"""The user's code on its way into `/opt/ml/code`.

The host has extracted an archive of S3 before; what lies on the machine itself, a `file://` URI or an archive that came
as a channel (network isolation), is extracted here. Either only where the folder is empty: an image may bring its code.
"""

from __future__ import annotations

from pathlib import Path

from sagewright.engine.script_mode.facts import Facts
from sagewright.engine.script_mode.faults import ClientFault
from sagewright.vocabulary.script_mode import CODE_BYTES

_IN_CONTAINER = "/opt/ml/"


def settle(facts: Facts) -> None:
    """See to it that the entry point lies in the code folder.

    Raises:
        ClientFault: It does not, or the code cannot be had.
    """
    facts.code.mkdir(parents=True, exist_ok=True)
    if not any(facts.code.iterdir()) and not facts.module_dir.startswith("s3://"):
        _bring(_place(facts), facts.code)
    if not (facts.code / facts.entry_point).is_file():
        names = ", ".join(sorted(path.name for path in facts.code.iterdir())[:20]) or "nothing"
        raise ClientFault(f"There is no `{facts.entry_point}` in the job's code, which holds {names}.")


def _place(facts: Facts) -> Path:
    """Return where the code lies; `/opt/ml` may have another name outside of a container."""
    name = facts.module_dir.removeprefix("file://")
    return facts.base / name.removeprefix(_IN_CONTAINER) if name.startswith(_IN_CONTAINER) else Path(name)


def _bring(source: Path, code: Path) -> None:
    import shutil  # these cost every job, and few need them
    import tarfile

    from sagewright.vocabulary.archives import extract_safely

    if source.is_dir():
        if source != code:
            shutil.copytree(source, code, dirs_exist_ok=True, symlinks=True)
        return
    try:
        with tarfile.open(source) as archive:
            extract_safely(archive, code, CODE_BYTES)
    except FileNotFoundError:
        raise ClientFault(f"The code `{source}` does not exist.") from None
    except (tarfile.TarError, OSError, EOFError) as error:
        raise ClientFault(f"The code `{source}` cannot be extracted: {error}") from None
