"""The feature store: groups, their features and records, and data sets of them."""

from __future__ import annotations

import contextlib
import io
import re
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pandas as pd

from tests.parity.recording import ACCOUNT, REGION, ROLE, Refusal, body
from tests.parity.world import World

ARN = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:feature-group/prices"
START, END = (datetime(2024, 5, day, 12, 30, 1, 250000, tzinfo=timezone.utc) for day in (6, 7))


def group_of_the_least(world: World) -> Any:
    group = _group(world)
    group.load_feature_definitions(_frame())
    answer = group.create("s3://bucket/offline", "id", "time", ROLE)
    return answer["FeatureGroupArn"]


def group_with_every_argument(world: World) -> None:
    inputs = _of(world, "inputs")
    _group(world, feature_definitions=_definitions(world)).create(
        s3_uri="s3://bucket/offline",
        record_identifier_name="id",
        event_time_feature_name="time",
        role_arn=ROLE,
        online_store_kms_key_id="key-1",
        enable_online_store=True,
        ttl_duration=inputs("TtlDuration")("Hours", 3),
        offline_store_kms_key_id="key-2",
        disable_glue_table_creation=True,
        data_catalog_config=inputs("DataCatalogConfig")("table", "catalog", "database"),
        description="Prices.",
        tags={"a": "b"},
        table_format=inputs("TableFormatEnum").ICEBERG,
        online_store_storage_type=inputs("OnlineStoreStorageTypeEnum").IN_MEMORY,
        throughput_config=inputs("ThroughputConfig")(inputs("ThroughputModeEnum").PROVISIONED, 10, 20),
    )


def group_online_only(world: World) -> None:
    _group(world, feature_definitions=_definitions(world)).create(False, "id", "time", ROLE, enable_online_store=True)


def group_without_a_role(world: World) -> None:
    _group(world).create("s3://bucket/offline", "id", "time")


def group_changed(world: World) -> None:
    inputs, group = _of(world, "inputs"), _group(world)
    group.update([_definition(world, "Fractional")("size")])
    group.update(online_store_config=inputs("OnlineStoreConfigUpdate")(inputs("TtlDuration")("Days", 1)))
    group.update(throughput_config=inputs("ThroughputConfigUpdate")(inputs("ThroughputModeEnum").ON_DEMAND))
    group.update_feature_metadata("price", "In euros.", [inputs("FeatureParameter")("unit", "EUR")], ["old"])
    group.update_feature_metadata("price", description="In dollars.")
    group.delete()


def group_described(world: World) -> Any:
    group = _described(world)
    world.aws.answers["ListTags"] = {"Tags": [{"Key": "a", "Value": "b"}]}
    world.aws.answers["DescribeFeatureMetadata"] = {"FeatureName": "price", "Parameters": [{"Key": "a", "Value": "b"}]}
    return [
        group.describe()["FeatureGroupName"],
        group.describe(next_token="more")["FeatureGroupArn"],
        group.list_tags(),
        group.list_parameters_for_feature_metadata("price"),
        group.describe_feature_metadata("price")["FeatureName"],
        world.aws.asked("DescribeFeatureGroup")[1],
    ]


def group_as_a_hive_table(world: World) -> Any:
    group = _described(world)
    group.feature_definitions = _definitions(world)
    return [group.as_hive_ddl(), group.as_hive_ddl(database="d", table_name="t")]


def features_of_a_frame(world: World) -> Any:
    frame = pd.DataFrame(
        {
            "whole": pd.Series([1], dtype="int8"),
            "natural": pd.Series([1], dtype="uint64"),
            "nullable": pd.Series([1], dtype="Int64"),
            "real": pd.Series([1], dtype="float16"),
            "text": pd.Series(["a"], dtype="string"),
            "object": pd.Series(["a"], dtype="object"),
            "list": pd.Series([[1, 2]], dtype="object"),
        }
    )
    return [definition.to_dict() for definition in _group(world).load_feature_definitions(frame)]


def features_in_memory(world: World) -> Any:
    frame = pd.DataFrame(
        {
            "whole": pd.Series([[1, 2], None, []], dtype="object"),
            "real": pd.Series([[1, 2.5], [3]], dtype="object"),
            "text": pd.Series([["a", None]], dtype="object"),
            "plain": pd.Series(["a", "b"], dtype="object"),
            "mixed": pd.Series([["a"], "b"], dtype="object"),
            "none": pd.Series([None], dtype="object"),
        }
    )
    kind = _of(world, "inputs")("OnlineStoreStorageTypeEnum").IN_MEMORY
    return [one.to_dict() for one in _group(world).load_feature_definitions(frame, online_storage_type=kind)]


def features_of_no_type(world: World) -> None:
    _group(world).load_feature_definitions(pd.DataFrame({"yes": [True]}))


def features_of_lists_of_no_type(world: World) -> None:
    kind = _of(world, "inputs")("OnlineStoreStorageTypeEnum").IN_MEMORY
    frame = pd.DataFrame({"mixed": pd.Series([["a", 1]], dtype="object")})
    _group(world).load_feature_definitions(frame, kind)


def features_by_hand(world: World) -> Any:
    module = _of(world, "feature_definition")
    collections = [module("ListCollectionType")(), module("SetCollectionType")(), module("VectorCollectionType")(3)]
    kinds = [_definition(world, kind) for kind in ("Fractional", "Integral", "String")]
    made = [kind("name") for kind in kinds] + [kinds[0]("name", collection) for collection in collections]
    return [
        [one.to_dict() for one in made],
        [one.to_dict() for one in collections],
        made[0] == module("FeatureDefinition")("name", module("FeatureTypeEnum").FRACTIONAL),
    ]


def documents(world: World) -> Any:
    inputs = _of(world, "inputs")
    made = [
        inputs("OnlineStoreSecurityConfig")(),
        inputs("OnlineStoreConfig")(),
        inputs("OnlineStoreConfigUpdate")(),
        inputs("S3StorageConfig")("s3://bucket"),
        inputs("DataCatalogConfig")(),
        inputs("OfflineStoreConfig")(inputs("S3StorageConfig")("s3://bucket", "key")),
        inputs("FeatureValue")("a", "1"),
        inputs("FeatureValue")(feature_name="a", value_as_string_list=["1"]),
        inputs("FeatureParameter")(),
        inputs("Filter")("a", "b"),
        inputs("Filter")("a", "b", inputs("FilterOperatorEnum").CONTAINS),
        inputs("Identifier")("prices", ["1"]),
        inputs("Identifier")("prices", ["1"], ["price"]),
        inputs("ThroughputConfig")(),
        inputs("ThroughputConfigUpdate")(provisioned_read_capacity_units=3),
    ]
    return [one.to_dict() for one in made]


# Records -------------------------------------------------------------------------------------------------------------


def records(world: World) -> Any:
    inputs, group = _of(world, "inputs"), _group(world)
    value = inputs("FeatureValue")
    group.put_record([value("id", "1"), value("price", "2.5"), value("sizes", None, ["1", "2"])])
    stores = [inputs("TargetStoreEnum").ONLINE_STORE]
    group.put_record([value("id", "1")], target_stores=stores, ttl_duration=inputs("TtlDuration")("Hours", 1))
    group.delete_record("1", "2024-05-06T07:08:09Z")
    group.delete_record("1", "2024-05-06T07:08:09Z", deletion_mode=inputs("DeletionModeEnum").HARD_DELETE)
    nothing = group.get_record("1")
    world.aws.answers["GetRecord"] = {"Record": [{"FeatureName": "id", "ValueAsString": "1"}]}
    return [nothing, group.get_record("1", ["id"]), world.aws.asked("GetRecord")]


def rows_of_a_frame(world: World) -> Any:
    frame = pd.DataFrame(
        {
            "id": [1, 2, 3],
            "price": [2.5, None, 1e-9],
            "name": ["a", None, "ü"],
            "sizes": [[1, 2], [], None],
            "more": [[1], None, "x"],
        }
    )
    manager = _described(world).ingest(frame)
    return [manager.failed_rows, manager.feature_group_name, manager.max_workers, manager.max_processes]


def rows_for_one_store(world: World) -> None:
    store = _of(world, "inputs")("TargetStoreEnum").OFFLINE_STORE
    _described(world).ingest(_frame(), target_stores=[store], max_workers=1, max_processes=1, wait=True, timeout=5)


def rows_that_fail(world: World) -> None:
    world.aws.answers["PutRecord"] = [{}, Refusal("ValidationError", "no"), Refusal("ValidationError", "no"), {}]
    _described(world).ingest(_frame().set_index(pd.Index(["one", "two", "three"])))


def rows_with_a_collection_that_is_none(world: World) -> Any:
    try:
        _described(world).ingest(pd.DataFrame({"id": [1, 2], "sizes": [[1], 7]}))
    except Exception as error:  # noqa: BLE001 - its rows are what is looked at
        return [type(error).__name__, error.failed_rows, error.message, str(error)]  # type: ignore[attr-defined]


def rows_for_no_workers(world: World) -> None:
    _group(world).ingest(_frame(), max_workers=0)


def rows_for_no_processes(world: World) -> None:
    _group(world).ingest(_frame(), max_processes=0)


def all_groups(world: World) -> Any:
    inputs, store = _of(world, "inputs"), _store(world)
    world.aws.answers["ListFeatureGroups"] = {"FeatureGroupSummaries": []}
    store.list_feature_groups()
    store.list_feature_groups("a", "Created", "Active", START, END, "Ascending", "Name", 5, "more")
    store.batch_get_record([inputs("Identifier")("prices", ["1", "2"], ["price"])], "Enabled")
    store.search(inputs("ResourceEnum").FEATURE_GROUP)
    filters = [inputs("Filter")("FeatureGroupName", "p", inputs("FilterOperatorEnum").CONTAINS)]
    operator, order = inputs("SearchOperatorEnum").OR, inputs("SortOrderEnum").DESCENDING
    store.search(inputs("ResourceEnum").FEATURE_METADATA, filters, operator, "Name", order, "more", 5)
    return world.aws.asked("ListFeatureGroups")


# Queries -------------------------------------------------------------------------------------------------------------


def query(world: World) -> Any:
    _athena(world)
    query = _described(world).athena_query()
    first = query.run("SELECT 1", "s3://bucket/results/")
    query.run("SELECT 1", "s3://bucket/results", kms_key="key", workgroup="group")
    query.wait()
    frame = query.as_dataframe(nrows=1)
    state = query.get_query_execution()["QueryExecution"]["Status"]["State"]
    return [first, query.catalog, query.database, query.table_name, state, frame.to_dict("list")]


def query_that_runs_still(world: World) -> None:
    _athena(world, "RUNNING")
    query = _described(world).athena_query()
    query.run("SELECT 1", "s3://bucket/results")
    query.as_dataframe()


def query_that_fails(world: World) -> None:
    _athena(world, "FAILED")
    query = _described(world).athena_query()
    query.run("SELECT 1", "s3://bucket/results")
    query.wait()
    query.as_dataframe()


def query_of_a_catalog_of_ones_own(world: World) -> Any:
    catalog = {"TableName": "t", "Catalog": "mine", "Database": "d"}
    group = _described(world, OfflineStoreConfig={"DataCatalogConfig": catalog, "DisableGlueTableCreation": True})
    return group.athena_query().catalog


def data_set(world: World) -> Any:
    return _built(world, _builder(world))


def data_set_of_some_features(world: World) -> Any:
    return _built(world, _builder(world, included_feature_names=["price"], kms_key_id="key"))


def data_set_with_duplicates(world: World) -> Any:
    return _built(world, _builder(world).include_duplicated_records())


def data_set_with_deleted_records(world: World) -> Any:
    return _built(world, _builder(world).include_deleted_records())


def data_set_with_all_records(world: World) -> Any:
    return _built(world, _builder(world).include_deleted_records().include_duplicated_records())


def data_set_of_the_latest(world: World) -> Any:
    builder = _builder(world).with_number_of_recent_records_by_record_identifier(2)
    return _built(world, builder.with_number_of_records_from_query_results(10))


def data_set_of_none(world: World) -> Any:
    builder = _builder(world).with_number_of_recent_records_by_record_identifier(0)
    return _built(world, builder.with_number_of_records_from_query_results(0))


def data_set_of_a_time(world: World) -> Any:
    return _built(world, _builder(world).as_of(START).with_event_time_range(START, END))


def data_set_of_all_records_of_a_time(world: World) -> Any:
    builder = _builder(world).as_of(START).with_event_time_range(START, END)
    return _built(world, builder.include_deleted_records().include_duplicated_records())


def data_set_of_duplicates_of_a_time(world: World) -> Any:
    return _built(world, _builder(world).as_of(START).include_duplicated_records().with_event_time_range(START))


def data_set_of_deleted_records_until(world: World) -> Any:
    return _built(world, _builder(world).include_deleted_records().with_event_time_range(ending_timestamp=END))


def data_set_of_several_groups(world: World) -> Any:
    other, builders = _described(world, name="shops"), _of(world, "dataset_builder")
    builder = _builder(world).point_in_time_accurate_join().with_event_time_range(START)
    builder.with_feature_group(other)
    builder.with_feature_group(
        other,
        target_feature_name_in_base="price",
        included_feature_names=["price"],
        feature_name_in_target="id",
        join_comparator=builders("JoinComparatorEnum").GREATER_THAN,
        join_type=builders("JoinTypeEnum").LEFT_JOIN,
    )
    return _built(world, builder.as_of(END))


def data_set_of_groups_with_deleted_records(world: World) -> Any:
    builder = _builder(world).with_feature_group(_described(world), "id", None).include_deleted_records()
    return _built(world, builder)


def data_set_of_times_as_text(world: World) -> Any:
    features = [{"FeatureName": name, "FeatureType": "String"} for name in ("id", "time")]
    group = _described(world, FeatureDefinitions=features)
    builder = _builder(world, base=group).with_feature_group(group).point_in_time_accurate_join()
    return _built(world, builder.with_event_time_range(START, END))


def data_set_of_a_frame(world: World) -> Any:
    return _without_time(world, _built(world, _frame_builder(world)))


def data_set_of_a_frame_and_a_group(world: World) -> Any:
    builder = _frame_builder(world, included_feature_names=["id", "time"], kms_key_id="key")
    builder.with_feature_group(_described(world), "id").point_in_time_accurate_join().as_of(START)
    builder.include_deleted_records().with_event_time_range(START, END)
    return _without_time(world, _built(world, builder))


def data_set_of_a_frame_and_a_group_with_duplicates(world: World) -> Any:
    builder = _frame_builder(world).with_feature_group(_described(world)).include_duplicated_records().as_of(START)
    return _without_time(world, _built(world, builder))


def data_set_of_a_frame_without_names(world: World) -> None:
    _store(world).create_dataset(_frame(), "s3://bucket/results")


def data_set_of_nothing(world: World) -> None:
    _store(world).create_dataset("prices", "s3://bucket/results").to_csv_file()


def data_set_of_a_feature_that_is_not_there(world: World) -> None:
    _builder(world).with_feature_group(_described(world), included_feature_names=["colour"])


def data_set_compared_with_a_feature_that_is_not_there(world: World) -> None:
    _builder(world).with_feature_group(_described(world), feature_name_in_target="colour")


def data_set_compared_by_a_feature_that_is_not_there(world: World) -> None:
    _built(world, _builder(world).with_feature_group(_described(world), "colour"))


def data_set_of_a_group_without_a_table(world: World) -> None:
    _built(world, _builder(world, base=_described(world, OfflineStoreConfig={})))


def data_set_of_less_than_none(world: World) -> None:
    _built(world, _builder(world).with_number_of_recent_records_by_record_identifier(-1))


def data_set_of_fewer_rows_than_none(world: World) -> None:
    _built(world, _builder(world).with_number_of_records_from_query_results(-1))


def data_set_joined_to_nothing(world: World) -> None:
    _built(world, _builder(world).point_in_time_accurate_join())


def data_set_that_fails(world: World) -> None:
    builder = _builder(world)
    _athena(world, "FAILED")
    builder.to_csv_file()


def data_set_as_a_frame(world: World) -> Any:
    builder = _builder(world)
    _athena(world)
    frame, query = builder.to_dataframe()
    return [frame.to_dict("list"), query]


# Shortcuts -----------------------------------------------------------------------------------------------------------


def a_group_as_a_frame(world: World) -> Any:
    _athena(world)
    session = _described(world).sagemaker_session
    get = world["feature_store.feature_utils.get_feature_group_as_dataframe"]
    frame = get("prices", "s3://bucket/results", session=session, event_time_feature_name="time")
    get("prices", "s3://bucket/r", "SELECT 1 FROM #{table}", session=session, latest_ingestion=False, verbose=False)
    return frame.to_dict("list")


def a_group_as_a_frame_without_a_time(world: World) -> None:
    world["feature_store.feature_utils.get_feature_group_as_dataframe"]("prices", "s3://bucket", session=1)


def a_group_as_a_frame_without_a_session(world: World) -> None:
    get = world["feature_store.feature_utils.get_feature_group_as_dataframe"]
    get("prices", "s3://bucket", latest_ingestion=False)


def a_frame_as_a_group(world: World) -> Any:
    frame = pd.DataFrame({"Sales Price.": [1.5, 2.5], "Name": pd.Series(["a", None], dtype="object")})
    prepare = world["feature_store.feature_utils.prepare_fg_from_dataframe_or_file"]
    group = prepare(frame, "prices", session=world.session())
    return [group.name, [one.to_dict() for one in group.feature_definitions], frame["name"].isna().tolist()]


def a_file_as_a_group(world: World) -> Any:
    Path("rows.csv").write_text("a;b;t\n1;x;2\n2;y;3\n")
    prepare = world["feature_store.feature_utils.prepare_fg_from_dataframe_or_file"]
    group = prepare("rows.csv", "g", session=world.session(), record_id="a", event_id="t", verbose=True, sep=";")
    return [one.to_dict() for one in group.feature_definitions]


def a_frame_with_one_record_twice(world: World) -> None:
    prepare = world["feature_store.feature_utils.prepare_fg_from_dataframe_or_file"]
    prepare(pd.DataFrame({"a": [1, 1, 2]}), "prices", session=world.session(), record_id="a")


def no_frame_as_a_group(world: World) -> None:
    world["feature_store.feature_utils.prepare_fg_from_dataframe_or_file"](7, "prices")


def a_frame_as_a_group_without_a_session(world: World) -> None:
    world["feature_store.feature_utils.prepare_fg_from_dataframe_or_file"](pd.DataFrame({"a": [1]}), "prices")


def _of(world: World, module: str) -> Any:
    return lambda name: world[f"feature_store.{module}.{name}"]


def _group(world: World, **changes: Any) -> Any:
    arguments = {"name": "prices", "sagemaker_session": world.session(), **changes}
    return world["feature_store.feature_group.FeatureGroup"](**arguments)


def _store(world: World) -> Any:
    return world["feature_store.feature_store.FeatureStore"](sagemaker_session=world.session())


def _definition(world: World, kind: str) -> Any:
    return world[f"feature_store.feature_definition.{kind}FeatureDefinition"]


def _definitions(world: World) -> list[Any]:
    kinds = {"id": "Integral", "price": "Fractional", "time": "String"}
    return [_definition(world, kind)(name) for name, kind in kinds.items()]


def _frame() -> Any:
    return pd.DataFrame({"id": [1, 2, 3], "price": [2.5, 3.5, 4.5], "time": [1.7e9, 1.7e9, 1.7e9]})


def _described(world: World, name: str = "prices", **changes: Any) -> Any:
    """Return a group that AWS has."""
    catalog = {"TableName": "prices_1", "Catalog": "AwsDataCatalog", "Database": "sagemaker_featurestore"}
    storage = {"S3Uri": "s3://bucket/offline", "ResolvedOutputS3Uri": "s3://bucket/offline/data"}
    types = {"id": "Integral", "price": "Fractional", "time": "Fractional"}
    features = [{"FeatureName": feature, "FeatureType": kind} for feature, kind in types.items()]
    collection = {"FeatureName": "sizes", "FeatureType": "Integral", "CollectionType": "List"}
    world.aws.answers["DescribeFeatureGroup"] = {
        "FeatureGroupName": name,
        "FeatureGroupArn": ARN,
        "RecordIdentifierFeatureName": "id",
        "EventTimeFeatureName": "time",
        "FeatureDefinitions": [*features, collection],
        "OfflineStoreConfig": {"DataCatalogConfig": catalog, "S3StorageConfig": storage},
        **changes,
    }
    return _group(world, name=name)


def _athena(world: World, state: str = "SUCCEEDED") -> None:
    """Let AWS have a query in a state, and its result."""
    world.aws.answers["StartQueryExecution"] = {"QueryExecutionId": "query"}
    world.aws.answers["GetQueryExecution"] = {
        "QueryExecution": {
            "Query": "SELECT",
            "Status": {"State": state},
            "ResultConfiguration": {"OutputLocation": "s3://bucket/results/query.csv"},
        }
    }
    world.aws.answers["ListObjectsV2"] = {"Contents": [{"Key": "results/query.csv", "Size": 16}], "KeyCount": 1}
    world.aws.answers["HeadObject"] = {"ContentLength": 16, "ETag": "e"}
    world.aws.answers["GetObject"] = {"Body": body(b"id,row_recent\n1,2"), "ContentLength": 16}


def _builder(world: World, **changes: Any) -> Any:
    arguments = {"output_path": "s3://bucket/results", **changes}
    arguments.setdefault("base", _described(world))
    return _store(world).create_dataset(**arguments)


def _frame_builder(world: World, **changes: Any) -> Any:
    frame = _frame().assign(name=pd.Series(["a", "b", "c"], dtype="object"))
    names = {"record_identifier_feature_name": "id", "event_time_identifier_feature_name": "time"}
    return _builder(world, base=frame, **names, **changes)


def _built(world: World, builder: Any) -> Any:
    _athena(world)
    with contextlib.redirect_stdout(io.StringIO()):
        return builder.to_csv_file()


def _without_time(world: World, outcome: Any) -> Any:
    """Leave the time out of the names of temporary tables and files."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: plain(one) for name, one in value.items()}
        return re.sub(r"\d{10}([-_])[0-9a-f]{4}", r"<epoch>\1<hex>", value) if isinstance(value, str) else value

    world.aws.calls[:] = [(operation, plain(params)) for operation, params in world.aws.calls]
    return outcome
