"""Storing records by processes: each gets its rows and what it needs for requests through its input, and tells through
its output which rows failed. Nothing of the program that started it is run again, as `multiprocessing` would.
"""

from __future__ import annotations

import logging
import pickle
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sagewright.feature_store.ingestion import IngestionManagerPandas

logger = logging.getLogger("sagemaker")

COMMAND = (sys.executable, "-m", "sagewright.feature_store.ingestion_processes")


def process_batches(manager: IngestionManagerPandas, data_frame: Any, stores: Sequence[str]) -> list[Future[list[Any]]]:
    """Give every process its part of the rows."""
    from sagewright.feature_store.ingestion import parts

    threads = ThreadPoolExecutor(manager.max_processes)
    credentials = _credentials(manager)
    batches = [
        threads.submit(_by_process, (manager, credentials, data_frame[start:end], list(stores), start))
        for start, end in parts(len(data_frame), manager.max_processes)
    ]
    threads.shutdown(wait=False)
    return batches


def _credentials(manager: IngestionManagerPandas) -> dict[str, str] | None:
    """Return the credentials of a boto3 session that the user has made; None: the process finds its own."""
    session = manager.sagemaker_session
    if session is None or manager.profile_name is not None or "boto_session" not in session._given:
        return None
    found = session.boto_session.get_credentials()
    if found is None:
        return None
    frozen = found.get_frozen_credentials()
    names = {"access_key": "aws_access_key_id", "secret_key": "aws_secret_access_key", "token": "aws_session_token"}
    return {name: getattr(frozen, own) for own, name in names.items()}


def _by_process(work: tuple[Any, ...]) -> list[Any]:
    done = subprocess.run(COMMAND, input=pickle.dumps(work), stdout=subprocess.PIPE, check=False)
    if done.returncode:
        raise RuntimeError(f"A process that stored records has ended with {done.returncode}; see what it said.")
    failed: list[Any] = pickle.loads(done.stdout)  # noqa: S301 - of our own process
    return failed


def _serve() -> None:
    """Store the rows that stand in the input; write which of them failed."""
    from sagewright.feature_store.ingestion import thread_batches

    logging.basicConfig(level=logging.INFO, stream=sys.stderr)
    manager, credentials, data_frame, stores, first = pickle.load(sys.stdin.buffer)  # noqa: S301 - of our parent
    if credentials is not None:
        import boto3

        region = manager.sagemaker_session.boto_region_name
        manager.sagemaker_session.boto_session = boto3.Session(region_name=region, **credentials)
    batches = thread_batches(manager, manager._client(), data_frame, stores, first)
    wait(batches)
    failed = [label for batch in batches for label in batch.result()]
    sys.stdout.buffer.write(pickle.dumps(failed))


if __name__ == "__main__":
    _serve()
