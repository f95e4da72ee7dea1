"""The statements with which a data set is read from offline stores (`contract.md` 5.5, 5.6); pure.

A table is first brought to one row for each record and time (the one that was stored last), then freed of the records
that were deleted after it, then joined to the base. What a table is called within a statement tells which step it has
gone through: `origin_x`, `deleted_x`, `table_x`, `fg_x`, with `base` or a number for `x`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple

from sagewright.arguments import suggests
from sagewright.feature_store.feature_definition import FeatureDefinition, FeatureTypeEnum


class TableType(Enum):
    """What a table was made of."""

    FEATURE_GROUP = "FeatureGroup"
    DATA_FRAME = "DataFrame"


class JoinTypeEnum(Enum):
    """Which records a join keeps."""

    INNER_JOIN = "JOIN"
    LEFT_JOIN = "LEFT JOIN"
    RIGHT_JOIN = "RIGHT JOIN"
    FULL_JOIN = "FULL JOIN"
    CROSS_JOIN = "CROSS JOIN"


class JoinComparatorEnum(Enum):
    """How a join compares."""

    EQUALS = "="
    GREATER_THAN = ">"
    GREATER_THAN_OR_EQUAL_TO = ">="
    LESS_THAN = "<"
    LESS_THAN_OR_EQUAL_TO = "<="
    NOT_EQUAL_TO = "<>"


@suggests
class FeatureGroupToBeMerged:
    """A table of a data set.

    Attributes:
        features, included_feature_names, projected_feature_names: All columns, those that are read, and those of them
            that the data set has.
    """

    def __init__(
        self,
        features: list[str],
        included_feature_names: list[str],
        projected_feature_names: list[str],
        catalog: str,
        database: str,
        table_name: str,
        record_identifier_feature_name: str,
        event_time_identifier_feature: FeatureDefinition,
        target_feature_name_in_base: str | None = None,
        table_type: TableType | None = None,
        feature_name_in_target: str | None = None,
        join_comparator: JoinComparatorEnum = JoinComparatorEnum.EQUALS,
        join_type: JoinTypeEnum = JoinTypeEnum.INNER_JOIN,
    ) -> None:
        self.features, self.included_feature_names = features, included_feature_names
        self.projected_feature_names = projected_feature_names
        self.catalog, self.database, self.table_name = catalog, database, table_name
        self.record_identifier_feature_name = record_identifier_feature_name
        self.event_time_identifier_feature = event_time_identifier_feature
        self.target_feature_name_in_base, self.table_type = target_feature_name_in_base, table_type
        self.feature_name_in_target = feature_name_in_target
        self.join_comparator, self.join_type = join_comparator, join_type

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]  # it can be changed, as v2's

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.database}.{self.table_name}>"


class Question(NamedTuple):
    """What a data set is to hold.

    Attributes:
        point_in_time: Of joined records only those that are no younger than the base's.
        duplicated, deleted: Keep records that were stored again, and that were deleted.
        recent: So many of the latest of each record; None: all.
        limit: So many rows; None: all.
        as_of: What was stored until then.
        start, end: The range of event times.
    """

    base: FeatureGroupToBeMerged
    joined: Sequence[FeatureGroupToBeMerged] = ()
    point_in_time: bool = False
    duplicated: bool = False
    deleted: bool = False
    recent: int | None = None
    limit: int | None = None
    as_of: datetime | None = None
    start: datetime | None = None
    end: datetime | None = None

    @property
    def is_of_frame(self) -> bool:
        """Whether the base is a data frame."""
        return self.base.table_type is TableType.DATA_FRAME


def check(question: Question) -> None:
    """Refuse what cannot be asked.

    Raises:
        ValueError: A number is negative, something needs a join, or a feature is not there.
    """
    for name, number in (("number_of_recent_records", question.recent), ("number_of_records", question.limit)):
        if number is not None and number < 0:
            raise ValueError(f"Please provide non-negative integer for {name}.")
    if not question.joined and question.is_of_frame:
        for name, asked in (
            ("include_deleted_records", question.deleted),
            ("include_duplicated_records", question.duplicated),
            ("as_of", question.as_of),
        ):
            if asked:
                raise ValueError(f"{name}() only works for FeatureGroup, if there is no join operation.")
    if question.point_in_time and not question.joined:
        raise ValueError(
            "point_in_time_accurate_join() this operation only works when there is more than one feature group to join."
        )
    for table in question.joined:
        wanted = table.target_feature_name_in_base
        if wanted and wanted not in question.base.features:
            raise ValueError(f"Feature {wanted} not found in base")


def data_set(question: Question) -> str:
    """Return the statement that reads a data set."""
    base, joined = question.base, list(enumerate(question.joined))
    tables = "".join(f",\nfg_{i} AS ({_table(question, table, str(i))})" for i, table in joined)
    columns = [f"fg_base.{name}" for name in base.projected_feature_names]
    names = list(base.projected_feature_names)
    for i, table in joined:
        columns += [f'fg_{i}."{name}" as "{name}.{i + 1}"' for name in table.projected_feature_names]
        names += [f'"{name}.{i + 1}"' for name in table.projected_feature_names]
    latest_first = "".join(f', fg_{i}."{_time(table)}" DESC' for i, table in joined)
    joins = "".join(_join(question, table, i) for i, table in joined)
    recent = "" if question.recent is None else f"WHERE row_recent <= {question.recent}"
    limit = "" if question.limit is None else f"\nLIMIT {question.limit}"
    return (
        f"WITH fg_base AS ({_table(question, base, 'base')}){tables}\n"
        f"SELECT {', '.join(names)}\n"
        "FROM (\n"
        f"SELECT {', '.join(columns)}, row_number() OVER (\n"
        f'PARTITION BY fg_base."{base.record_identifier_feature_name}"\n'
        f'ORDER BY fg_base."{_time(base)}" DESC{latest_first}\n'
        ") AS row_recent\n"
        f"FROM fg_base{joins}\n"
        ")\n"
        f"{recent}{limit}"
    )


def temporary_table(name: str, columns: Sequence[tuple[str, str]], place: str) -> str:
    """Return the statement that makes a table of a CSV file.

    Args:
        columns: Names and types.
        place: The S3 URI of the folder that the file lies in.
    """
    written = ", ".join(f"{column} {kind}" for column, kind in columns)
    return (
        f"CREATE EXTERNAL TABLE {name} ({written}) "
        "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde' "
        'WITH SERDEPROPERTIES ("separatorChar" = ",", "quoteChar" = "`", "escapeChar" = "\\\\") '
        f"LOCATION '{place}';"
    )


def _table(question: Question, table: FeatureGroupToBeMerged, x: str) -> str:
    """Return the statement that reads one table, rid of what the question does not want."""
    read = ", ".join(f'table_{x}."{name}"' for name in table.included_feature_names)
    source, is_group = _source(table), table.table_type is TableType.FEATURE_GROUP
    if question.duplicated and question.deleted:
        where = _where(question, table, x, ["NOT is_deleted"])
        return f"SELECT {read}\nFROM {source} table_{x}\n{where}"
    if question.deleted and is_group:
        ranked = f"{_each_time(table, x)}{_stored_last(x)}) AS row_{x}\nFROM {source} origin_{x}\nWHERE NOT is_deleted"
        where = _where(question, table, x, [f"row_{x} = 1"])
        return f"SELECT {read}\nFROM (\n{ranked}) AS table_{x}\n{where}"
    where = _where(question, table, x, [])
    if not is_group:
        one = _one_for_each_time(question, table, x)
        return f"WITH {one}\nSELECT {read}\nFROM (\nSELECT {read}\nFROM table_{x}\n) AS table_{x}\n{where}"
    with_time = f'{read}, table_{x}."write_time"'
    if question.duplicated:
        before, rows = "", f"{source} table_{x}"
    else:
        before, rows = f"{_one_for_each_time(question, table, x)},\n", f"table_{x}"
    return (
        f"WITH {before}{_last_deletion(question, table, x)}\n"
        f"SELECT {read}\n"
        "FROM (\n"
        f"{_not_deleted(table, x, with_time, rows)}"
        f") AS table_{x}\n"
        f"{where}"
    )


def _not_deleted(table: FeatureGroupToBeMerged, x: str, read: str, rows: str) -> str:
    """Return the statement that reads records which were never deleted, or are younger than their deletion."""
    same = f'ON table_{x}."{_record(table)}" = deleted_{x}."{_record(table)}"\n'
    later, as_late = f'table_{x}."{_time(table)}" > deleted_{x}."{_time(table)}"', _equal(x, _time(table))
    return (
        f"SELECT {read}\n"
        f"FROM {rows}\n"
        f"LEFT JOIN deleted_{x}\n"
        f"{same}"
        f'WHERE deleted_{x}."{_record(table)}" IS NULL\n'
        "UNION ALL\n"
        f"SELECT {read}\n"
        f"FROM deleted_{x}\n"
        f"JOIN {rows}\n"
        f"{same}"
        "AND (\n"
        f"{later}\n"
        f'OR ({as_late} AND table_{x}."api_invocation_time" > deleted_{x}."api_invocation_time")\n'
        f"OR ({as_late} AND {_equal(x, 'api_invocation_time')} "
        f'AND table_{x}."write_time" > deleted_{x}."write_time")\n'
        ")\n"
    )


def _one_for_each_time(question: Question, table: FeatureGroupToBeMerged, x: str) -> str:
    """Return `table_x`: of each record and time the one row that was stored last; of a data frame all rows."""
    is_group, conditions = table.table_type is TableType.FEATURE_GROUP, []
    if is_group and question.as_of:
        conditions.append(_stored_until(question.as_of, f"origin_{x}"))
    conditions += _event_times(question, table, f"origin_{x}")
    where = f"WHERE {_all(conditions)}\n" if conditions else ""
    return (
        f"table_{x} AS (\n"
        "SELECT *\n"
        "FROM (\n"
        f"{_each_time(table, x)}{_stored_last(x) if is_group else ''}) AS dedup_row_{x}\n"
        f"FROM {_source(table)} origin_{x}\n"
        f"{where}"
        ")\n"
        f"{f'WHERE dedup_row_{x} = 1' + chr(10) if is_group else ''}"
        ")"
    )


def _last_deletion(question: Question, table: FeatureGroupToBeMerged, x: str) -> str:
    """Return `deleted_x`: of each record that was deleted the row that says so last."""
    until = f" AND {_stored_until(question.as_of, f'origin_{x}')}\n" if question.as_of else ""
    # A range that is open on one side does not count here.
    times = _event_times(question, table, f"origin_{x}") if question.start and question.end else []
    return (
        f"deleted_{x} AS (\n"
        "SELECT *\n"
        "FROM (\n"
        "SELECT *, row_number() OVER (\n"
        f'PARTITION BY origin_{x}."{_record(table)}"\n'
        f'ORDER BY origin_{x}."{_time(table)}" DESC, {_last(x)}\n'
        f") AS deleted_row_{x}\n"
        f"FROM {_source(table)} origin_{x}\n"
        f"WHERE is_deleted\n{until}"
        f"{''.join(f'AND {condition}{chr(10)}' for condition in times)}"
        ")\n"
        f"WHERE deleted_row_{x} = 1\n"
        ")"
    )


def _join(question: Question, table: FeatureGroupToBeMerged, i: int) -> str:
    base = question.base
    own = table.feature_name_in_target if table.feature_name_in_target is not None else _record(table)
    of_base = table.target_feature_name_in_base or _record(base)
    on = f'fg_base."{of_base}" {table.join_comparator.value} fg_{i}."{own}"'
    text = f"\n{table.join_type.value} fg_{i}\nON {on}"
    if not question.point_in_time:
        return text
    times = [_moment(one, name) for one, name in ((base, "fg_base"), (table, f"fg_{i}"))]
    return f"{text}\nAND {times[0]} >= {times[1]}"


def _where(question: Question, table: FeatureGroupToBeMerged, x: str, conditions: list[str]) -> str:
    if question.as_of and not question.is_of_frame:
        conditions = [*conditions, _stored_until(question.as_of, f"table_{x}")]
    conditions = [*conditions, *_event_times(question, table, f"table_{x}")]
    return f"WHERE {_all(conditions)}" if conditions else ""


def _event_times(question: Question, table: FeatureGroupToBeMerged, name: str) -> list[str]:
    ends = ((">=", question.start), ("<=", question.end))
    moment = _moment(table, name)
    return [f"{moment} {sign} from_unixtime({when.timestamp()})" for sign, when in ends if when]


def _stored_until(when: datetime, name: str) -> str:
    return f"{name}.\"write_time\" <= to_timestamp('{when.replace(microsecond=0)}', 'yyyy-mm-dd hh24:mi:ss')"


def _moment(table: FeatureGroupToBeMerged, name: str) -> str:
    is_text = table.event_time_identifier_feature.feature_type == FeatureTypeEnum.STRING
    return f'{"from_iso8601_timestamp" if is_text else "from_unixtime"}({name}."{_time(table)}")'


def _each_time(table: FeatureGroupToBeMerged, x: str) -> str:
    return f'SELECT *, row_number() OVER (\nPARTITION BY origin_{x}."{_record(table)}", origin_{x}."{_time(table)}"\n'


def _stored_last(x: str) -> str:
    return f"ORDER BY {_last(x)}\n"


def _last(x: str) -> str:
    return f'origin_{x}."api_invocation_time" DESC, origin_{x}."write_time" DESC'


def _equal(x: str, name: str) -> str:
    return f'table_{x}."{name}" = deleted_{x}."{name}"'


def _all(conditions: Sequence[str]) -> str:
    return "\nAND ".join(conditions)


def _record(table: FeatureGroupToBeMerged) -> str:
    return table.record_identifier_feature_name


def _time(table: FeatureGroupToBeMerged) -> Any:
    return table.event_time_identifier_feature.feature_name


def _source(table: FeatureGroupToBeMerged) -> str:
    return f'"{table.database}"."{table.table_name}"'
