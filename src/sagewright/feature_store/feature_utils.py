"""Shortcuts: a feature group as a data frame, and a data frame as a feature group."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

from sagewright.feature_store.feature_group import FeatureGroup

if TYPE_CHECKING:
    from sagewright.session import Session

logger = logging.getLogger("sagemaker")

ALL = 'SELECT * FROM "sagemaker_featurestore"."#{table}"\n                    WHERE is_deleted=False '
_NAME_LENGTH = 62  # characters of a feature's name that are kept


def get_session_from_role(region: str, assume_role: str | None = None) -> Session:
    """Return a session in a region.

    Args:
        assume_role: The role it acts as; None: who runs this program.
    """
    from sagewright import targets
    from sagewright.session import Session

    boto_session = targets.boto_session(region)
    if assume_role:
        sts = boto_session.client("sts", region_name=region)
        answer = sts.assume_role(RoleArn=assume_role, RoleSessionName="SagemakerExecution")
        found = answer.get("Credentials", {})
        names = ("AccessKeyId", "SecretAccessKey", "SessionToken")
        boto_session._session.set_credentials(*(found.get(name) for name in names))
    return Session(boto_session=boto_session)


def get_feature_group_as_dataframe(
    feature_group_name: str,
    athena_bucket: str,
    query: str = ALL,
    role: str | None = None,
    region: str | None = None,
    session: Session | None = None,
    event_time_feature_name: str | None = None,
    latest_ingestion: bool = True,
    verbose: bool = True,
    **kwargs: Any,
) -> Any:
    """Return what a group's offline store holds as a pandas data frame.

    Args:
        athena_bucket: The S3 URI below which the query's result goes.
        query: A statement in which `#{table}` stands for the group's table.
        latest_ingestion: Only the records with the latest event time.
        verbose: Say in the log what is done.
        **kwargs: pandas' for `read_csv`.

    Raises:
        Exception: The event time is not named, or neither a session nor a region.
    """
    if latest_ingestion and event_time_feature_name is None:
        raise Exception("Argument event_time_feature_name must be specified when using latest_ingestion=True.")
    if latest_ingestion:
        name = event_time_feature_name
        query += f'AND {name}=(SELECT MAX({name}) FROM "sagemaker_featurestore"."#{{table}}")'  # noqa: S608 - the user's own
    session = session or _session(region, region is not None, role)
    say = logger.info if verbose else logger.debug
    say("Feature Group used: %s", feature_group_name)
    athena = FeatureGroup(feature_group_name, session).athena_query()
    say("Running query:\n\t%s \n\n\t-> Save on bucket %s\n", athena, athena_bucket)
    athena.run(f"{query};".replace("#{table}", athena.table_name), athena_bucket)
    athena.wait()
    found = athena.as_dataframe(**kwargs)
    say("Data shape retrieve from %s: %s", feature_group_name, found.shape)
    return found


def prepare_fg_from_dataframe_or_file(
    dataframe_or_path: Any,
    feature_group_name: str,
    role: str | None = None,
    region: str | None = None,
    session: Session | None = None,
    record_id: str = "record_id",
    event_id: str = "data_as_of_date",
    verbose: bool = False,
    **kwargs: Any,
) -> FeatureGroup:
    """Return a feature group, not created yet, for a data frame or a CSV file.

    Columns get names that features may have, and text its type; both, and columns that are missing, in the data frame
    that is given itself.

    Args:
        record_id: The column that identifies a record; `record_id` is made of the rows' labels where it is missing.
        event_id: The column of event times; the time of now where it is missing.
        **kwargs: pandas' for `read_csv`.

    Raises:
        Exception: Neither a data frame nor a path is given, two rows have one identifier, or there is neither a session
            nor a role and a region.
    """
    data = _frame(dataframe_or_path, kwargs)
    data.columns = [_feature_name(column) for column in data.columns]
    for label in [label for label in data.columns if str(data[label].dtype) in ("object", "str")]:
        data[label] = data[label].astype("str").astype("string")
    if record_id == "record_id" and record_id not in data.columns:
        data[record_id] = data.index
    repeated = len(data[record_id]) - data[record_id].nunique(dropna=False)
    if repeated:
        raise Exception(
            f"Record identifier {record_id} have {repeated} duplicated rows. \n"
            "Record identifier must be unique in each row."
        )
    if event_id not in data.columns:
        data[event_id] = float(round(time.time()))
    session = session or _session(region, role is not None and region is not None, None)
    group = FeatureGroup(feature_group_name, session)
    group.load_feature_definitions(data_frame=data)
    if verbose:
        logger.info("Feature Group %s has %d features", feature_group_name, len(group.feature_definitions))
    return group


def _session(region: str | None, is_enough: bool, role: str | None) -> Session:
    if region is None or not is_enough:
        raise Exception("Argument Session or role and region must be specified.")
    return get_session_from_role(region=region, assume_role=role)


def _frame(given: Any, arguments: dict[str, Any]) -> Any:
    import pandas as pd

    if isinstance(given, pd.DataFrame):
        return given
    if isinstance(given, str):
        arguments.pop("filepath_or_buffer", None)
        return pd.read_csv(given, **arguments)
    raise Exception(
        f"Invalid type {type(given)} for argument dataframe_or_path. \n"
        "Parameter must be of type pandas.DataFrame or string"
    )


def _feature_name(column: str) -> str:
    return column.replace(" ", "_").replace(".", "").lower()[:_NAME_LENGTH]
