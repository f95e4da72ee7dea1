"""Storing the rows of a data frame as records: one after another, by threads, or by processes of threads."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any

from sagewright.arguments import suggests
from sagewright.feature_store.configs import word_of

if TYPE_CHECKING:
    from sagewright.session import Session

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]

SERVICE = "sagemaker-featurestore-runtime"
ATTEMPTS = 10  # of a request, where the session's client does not say


class IngestionError(Exception):
    """Some rows could not be stored.

    Attributes:
        failed_rows: Their labels in the data frame.
    """

    def __init__(self, failed_rows: Sequence[Any], message: str) -> None:
        super().__init__(message)
        self.failed_rows, self.message = failed_rows, message

    def __str__(self) -> str:
        return f"{self.failed_rows} -> {self.message}"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.failed_rows, self.message)


@suggests
class IngestionManagerPandas:
    """Stores the rows of a data frame as records; `FeatureGroup.ingest` makes it.

    Args:
        feature_definitions: Documents of the group's features, by their names.
        sagemaker_fs_runtime_client_config: botocore's, of the clients that more than one worker has.
        max_workers: Threads in each process.
        profile_name: Of the credentials that workers take.
    """

    def __init__(
        self,
        feature_group_name: str,
        feature_definitions: Mapping[str, Document],
        sagemaker_fs_runtime_client_config: Any = None,
        sagemaker_session: Session | None = None,
        max_workers: int = 1,
        max_processes: int = 1,
        profile_name: str | None = None,
    ) -> None:
        self.feature_group_name, self.feature_definitions = feature_group_name, feature_definitions
        self.sagemaker_fs_runtime_client_config = sagemaker_fs_runtime_client_config
        self.sagemaker_session = sagemaker_session
        self.max_workers, self.max_processes, self.profile_name = max_workers, max_processes, profile_name
        self._failed_indices: list[Any] = []
        self._batches: list[Future[list[Any]]] = []

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.feature_group_name}: {len(self._failed_indices)} rows failed>"

    def __getstate__(self) -> Document:
        return {**vars(self), "_batches": []}  # what runs stays where it runs

    @property
    def failed_rows(self) -> list[Any]:
        """The labels of the rows that could not be stored."""
        return self._failed_indices

    def run(
        self, data_frame: Any, target_stores: Sequence[Any] | None = None, wait: bool = True, timeout: Any = None
    ) -> None:
        """Store the rows.

        Args:
            target_stores: The stores they go to; None: all that the group has.
            timeout: Seconds to wait.

        Raises:
            IngestionError: Some could not be stored.
            TimeoutError: It took longer.
        """
        stores = [word_of(store) for store in target_stores or ()]
        is_alone = self.max_workers == 1 and self.max_processes == 1 and self.profile_name is None
        self._batches = [self._one_by_one(data_frame, stores)] if is_alone else self._side_by_side(data_frame, stores)
        if wait or is_alone:
            self.wait(timeout)

    def wait(self, timeout: Any = None) -> None:
        """Wait until all rows are stored.

        Args:
            timeout: Seconds.

        Raises:
            IngestionError: Some could not be stored.
            TimeoutError: It took longer.
        """
        _, under_way = wait(self._batches, timeout=timeout)
        if under_way:
            raise TimeoutError(
                f"Rows are being stored in FeatureGroup {self.feature_group_name} after {timeout} seconds still.\n"
                "hint: call `wait` again."
            )
        self._failed_indices = [row for batch in self._batches for row in batch.result()]
        if self._failed_indices:
            message = f"Failed to ingest some data into FeatureGroup {self.feature_group_name}"
            raise IngestionError(self._failed_indices, message)

    def _one_by_one(self, data_frame: Any, stores: Sequence[str]) -> Future[list[Any]]:
        assert self.sagemaker_session is not None
        client = self.sagemaker_session.sagemaker_featurestore_runtime_client
        logger.info("Started ingesting index %d to %d", 0, len(data_frame))
        done: Future[list[Any]] = Future()
        done.set_result(self._store(client, data_frame, stores))
        return done

    def _side_by_side(self, data_frame: Any, stores: Sequence[str]) -> list[Future[list[Any]]]:
        """Give every worker its part of the rows."""
        if self.max_processes > 1:
            from sagewright.feature_store.ingestion_processes import process_batches

            return process_batches(self, data_frame, stores)
        return thread_batches(self, self._client(), data_frame, stores)

    def _client(self) -> Any:
        """Return a client that many threads may use at once."""
        import boto3
        from botocore.config import Config

        assert self.sagemaker_session is not None
        config = Config(max_pool_connections=max(10, self.max_workers))
        given = self.sagemaker_fs_runtime_client_config
        retries = getattr(given, "retries", None) or {}
        if given is not None:
            config = given.merge(config)
        if "max_attempts" not in retries and "total_max_attempts" not in retries:
            config = config.merge(Config(retries={"max_attempts": ATTEMPTS, "mode": "standard"}))
        session = self.sagemaker_session.boto_session
        region = self.sagemaker_session.boto_region_name
        if self.profile_name is not None and self.profile_name != session.profile_name:
            session = boto3.Session(profile_name=self.profile_name)
        return session.client(SERVICE, region_name=region, config=config)  # type: ignore[call-overload]  # by its name

    def _store(self, client: Any, data_frame: Any, stores: Sequence[str]) -> list[Any]:
        return stored(client, data_frame, self.feature_group_name, self.feature_definitions, stores)


def thread_batches(
    manager: IngestionManagerPandas, client: Any, data_frame: Any, stores: Sequence[str], first: int = 0
) -> list[Future[list[Any]]]:
    """Give every thread its part of the rows.

    Args:
        first: What the first row's place is among all.
    """
    threads = ThreadPoolExecutor(manager.max_workers)
    batches = []
    for start, end in parts(len(data_frame), manager.max_workers):
        batch = data_frame[start:end], stores, start + first, end + first
        batches.append(threads.submit(_batch, manager, client, *batch))
    threads.shutdown(wait=False)
    return batches


def parts(rows: int, workers: int) -> list[tuple[int, int]]:
    """Return where the part of each worker begins and ends; none is empty."""
    size = max(1, math.ceil(rows / workers))
    return [(start, min(start + size, rows)) for start in range(0, rows, size)]


def stored(
    client: Any,
    data_frame: Any,
    group: str,
    definitions: Mapping[str, Document],
    stores: Sequence[str],
) -> list[Any]:
    """Store rows one after another; return the labels of those that could not be stored."""
    failed, columns = [], list(data_frame.columns)
    collections = {name for name in columns if (definitions.get(name) or {}).get("CollectionType") is not None}
    optional: Document = {"TargetStores": list(stores)} if stores else {}
    for label, *row in data_frame.itertuples(name=None):
        try:
            record = [
                _feature(name, value, name in collections)
                for name, value in zip(columns, row, strict=True)
                if _is_there(value)
            ]
            client.put_record(FeatureGroupName=group, Record=record, **optional)
        except Exception as error:  # noqa: BLE001 - a row that fails must not keep the others from being stored
            logger.error("Failed to ingest row %s: %s", label, error)
            failed.append(label)
    return failed


def _batch(
    manager: IngestionManagerPandas, client: Any, data_frame: Any, stores: Sequence[str], start: int, end: int
) -> list[Any]:
    logger.info("Started ingesting index %d to %d", start, end)
    failed = manager._store(client, data_frame, stores)
    if not failed:
        logger.info("Successfully ingested row %d to %d", start, end)
    return failed


def _feature(name: str, value: Any, is_collection: bool) -> Document:
    if not is_collection:
        return {"FeatureName": name, "ValueAsString": str(value)}
    if not _is_list(value):
        raise ValueError(
            f"Invalid feature value, feature value: {value} for a collection type feature must be an Array, but "
            f"instead was {type(value)}"
        )
    listed = [None if item is None else str(item) for item in value]
    return {"FeatureName": name, "ValueAsStringList": listed}


def _is_there(value: Any) -> bool:
    if _is_list(value):
        return len(value) > 0
    import pandas as pd

    return bool(pd.notna(value))


def _is_list(value: Any) -> bool:
    from pandas.api.types import is_list_like

    return bool(is_list_like(value))
