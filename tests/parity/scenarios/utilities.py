"""What v2's `utils`, `fw_utils`, `vpc_utils`, `deprecations` and `lambda_helper` do."""

from __future__ import annotations

import contextlib
import io
import os
import tarfile
import warnings
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from tests.parity.recording import Refusal, body
from tests.parity.world import World

REGIONS = ("us-east-1", "eu-west-1", "cn-north-1", "us-gov-west-1", "us-iso-east-1", "us-isob-east-1", "il-central-1")


def dicts_in_dicts(world: World) -> Any:
    utils, nested = _of(world), {"a": {"b": {"c": 1}}, "n": None, "e": {}}
    return [
        utils("build_dict", "k", "v"),
        utils("build_dict", "k", ""),
        [utils("get_config_value", path, nested) for path in ("a", "a.b.c", "a.x", "n")],
        utils("get_config_value", "a", None),
        [utils("get_nested_value", nested, keys) for keys in (["a", "b", "c"], ["a", "x", "y"], ["n", "z"], [], None)],
        utils("get_nested_value", None, ["a"]),
        utils("set_nested_value", {"a": {"b": 1}}, ["a", "c", "d"], 2),
        utils("set_nested_value", {"a": 3}, ["a", "b"], 2),
        utils("set_nested_value", None, ["a"], 2),
        utils("set_nested_value", {"a": 1}, [], 2),
        [[list(keys), value] for keys, value in utils("flatten_dict", nested).items()],
        [[list(keys), value] for keys, value in utils("flatten_dict", nested, max_flatten_depth=2).items()],
        utils("unflatten_dict", utils("flatten_dict", nested)) == nested,
        utils("deep_override_dict", nested, {"a": {"b": {"d": 2}}, "s": 1, "e": 3}, ["s"]),
        utils("deep_override_dict", {}, {}),
        utils("camel_case_to_pascal_case", {"some_key": {"in_it": [{"a_b": 1}, "c_d"]}}),
    ]


def nested_value_of_no_dict(world: World) -> None:
    _of(world)("get_nested_value", {"a": 1}, ["a", "b"])


def flattened_to_no_depth(world: World) -> None:
    _of(world)("flatten_dict", {}, max_flatten_depth=0)


def versions_and_arns(world: World) -> Any:
    utils, arn = _of(world), "arn:aws:sagemaker:us-east-1:123456789012:"
    return [
        [utils("get_short_version", version) for version in ("2.3.1", "1.2", "3")],
        [
            utils("get_training_job_name_from_training_job_arn", text)
            for text in (f"{arn}training-job/job", f"{arn}endpoint/e", None)
        ],
        [utils("can_model_package_source_uri_autopopulate", f"{arn}{kind}/m") for kind in ("model", "model-package")],
        utils("can_model_package_source_uri_autopopulate", "s3://bucket/m"),
        len(utils("unique_name_from_base_uuid4", "base")),
        len(utils("unique_name_from_base_uuid4", "b" * 100)),
    ]


def instances(world: World) -> Any:
    utils = _of(world)
    names = ("ml.m5.large", "ml.m5d.large", "ml.g5.xlarge", "ml.g4dn.xlarge", "ml.p5.48xlarge", "local", "m5.large")
    families = ("ml.c5.xlarge", "ml_c5", "local", "", None, "ml.trn1n.32xlarge")
    return [
        [[utils("volume_size_supported", name), utils("instance_supports_kms", name)] for name in names],
        [utils("get_instance_type_family", name) for name in families],
    ]


def volume_of_no_instance(world: World) -> None:
    _of(world)("volume_size_supported", "large")


def regions(world: World) -> Any:
    utils = _of(world)
    asked = ("sts_regional_endpoint", "aws_partition", "get_domain_for_region")
    return [[utils(name, region) for name in asked] for region in REGIONS]


def texts(world: World) -> Any:
    utils = _of(world)
    return [
        [utils("to_string", value) for value in (1, 0.5, True, None, "a")],
        utils("stringify_object", SimpleNamespace(a=1, b=None, c="x")),
        utils("create_paginator_config"),
        utils("create_paginator_config", 5, 2),
        utils("extract_instance_rate_per_hour", _price("0.12345")),
        utils("extract_instance_rate_per_hour", {}),
        utils("extract_instance_rate_per_hour", None),
    ]


def tags(world: World) -> Any:
    utils, one, two = _of(world), {"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}
    return [
        utils("format_tags", {"a": 1, "b": "2"}),
        utils("format_tags", [one]),
        utils("format_tags", None),
        [utils("tag_exists", one, given) for given in ([one, two], [two], None)],
        [utils("remove_tag_with_key", "a", given) for given in ([one, two], [one], [one, two, two], one, None)],
    ]


def inference_parameters(world: World) -> Any:
    utils = _of(world)
    given = {"framework": "XGBOOST", "framework_version": "1.5", "nearest_model_name": "n"}
    return [
        utils("update_container_with_inference_params", **given, container_def={"Image": "i"}),
        utils(
            "update_container_with_inference_params", **given, data_input_configuration="{}", container_list=[{}, {}]
        ),
        utils("update_container_with_inference_params", container_def={"Image": "i"}),
    ]


def retries(world: World) -> Any:
    utils, tried = _of(world), []

    def fails_twice() -> str:
        tried.append(1)
        if len(tried) < 3:
            raise ValueError("no")
        return "yes"

    return [list(_until(utils("retries", 3, "x", 0), 2)), utils("retry_with_backoff", fails_twice, 3), len(tried)]


def retries_without_end(world: World) -> None:
    list(_of(world)("retries", 2, "waiting", 0))


def retried_too_often(world: World) -> None:
    _of(world)("retry_with_backoff", lambda: 1 / 0, 2)


def retried_never(world: World) -> None:
    _of(world)("retry_with_backoff", lambda: 1, 0)


def retried_after_another_error(world: World) -> None:
    _of(world)("retry_with_backoff", lambda: 1 / 0, 5, "Throttling")


def archive(world: World) -> Any:
    world.files(a__one_txt="1", two_txt="2")
    path = _of(world)("create_tar_file", ["a", "two.txt"], "packed.tar.gz")
    with tarfile.open(path) as packed:
        names = sorted(packed.getnames())
        os.mkdir("out")
        _of(world)("custom_extractall_tarfile", packed, "out")
    return [path, names, sorted(os.listdir("out"))]


def path_in_a_folder(world: World) -> Any:
    return _of(world)("validate_path_within_directory", "folder/file", "folder")


def file_downloaded(world: World) -> Any:
    _stored(world)
    utils, session = _of(world), world.session()
    utils("download_file", "bucket", "/a/file.txt", "one.txt", session)
    utils("download_file_from_url", "s3://bucket/a/file.txt", "two.txt", session)
    return [_read("one.txt"), _read("two.txt")]


def folder_downloaded(world: World) -> Any:
    _stored(world)
    listed = [{"Key": key, "Size": 2} for key in ("a/", "a/x.txt", "a/b/y.txt")]
    world.aws.answers["ListObjects"] = world.aws.answers["ListObjectsV2"] = {"Contents": listed, "IsTruncated": False}
    os.mkdir("out")
    _of(world)("download_folder", "bucket", "/a/", "out", world.session())
    return [_read("out/x.txt"), _read("out/b/y.txt")]


def folder_downloaded_that_is_a_file(world: World) -> Any:
    _stored(world)
    os.mkdir("out")
    _of(world)("download_folder", "bucket", "a/file.txt", "out", world.session())
    return _read("out/file.txt")


def folder_with_a_key_that_leads_out(world: World) -> Any:
    _stored(world)
    listed = [{"Key": "a/../../../x.txt", "Size": 2}]
    world.aws.answers["ListObjects"] = world.aws.answers["ListObjectsV2"] = {"Contents": listed, "IsTruncated": False}
    os.mkdir("out")
    try:
        _of(world)("download_folder", "bucket", "a/", "out", world.session())
    except ValueError as error:
        return str(error).split("'")[0]


def data_config(world: World) -> Any:
    content = b'{"default": "d", "us-west-2": "w"}'
    world.aws.answers["GetObject"] = _object(content)
    config = world["utils.S3DataConfig"](world.session(), "bucket", "config.json")
    return [config.fetch_data_config(), config.get_data_bucket("us-west-2"), config.get_data_bucket()]


def data_config_of_nothing(world: World) -> None:
    world["utils.S3DataConfig"](world.session(), None, "config.json")


def model_repacked(world: World) -> Any:
    world.files(serve_py="print(1)", lib__a_py="A = 1")
    _stored(world, _packed({"model.bin": "m", "code/old.py": "old"}))
    target = "s3://bucket/new/model.tar.gz"
    _of(world)("repack_model", "serve.py", None, ["lib"], "s3://bucket/model.tar.gz", target, world.session())
    return {key: world.aws.archive(key) for key in world.aws.stored}


def model_repacked_with_a_folder_and_a_key(world: World) -> Any:
    world.files(src__serve_py="print(1)")
    _stored(world, _packed({"model.bin": "m", "code/old.py": "old"}))
    places = ("s3://bucket/model.tar.gz", "s3://bucket/new/model.tar.gz")
    _of(world)("repack_model", "serve.py", "src", None, *places, world.session(), kms_key="key")
    return {key: world.aws.archive(key) for key in world.aws.stored}


def model_repacked_here(world: World) -> Any:
    world.files(serve_py="print(1)")
    with open("model.tar.gz", "wb") as file:
        file.write(_packed({"model.bin": "m"}))
    places = ("file://model.tar.gz", "file://new.tar.gz")
    _of(world)("repack_model", "serve.py", None, None, *places, world.session())
    with tarfile.open("new.tar.gz") as packed:
        return sorted(member.name.strip("/") for member in packed if member.isfile())


def deferred_error(world: World) -> Any:
    stands_in = world["utils.DeferredError"](ImportError("no such library"))
    return stands_in.anything


def absent_module(world: World) -> None:
    _of(world)("get_module", "no_such_module_at_all")


def unused_argument(world: World) -> Any:
    given = {"a": 1, "b": 2}
    _of(world)("pop_out_unused_kwarg", "a", given, "x")
    _of(world)("pop_out_unused_kwarg", "z", given)
    return given


def configured_values(world: World) -> Any:
    config = {
        "SchemaVersion": "1.0",
        "SageMaker": {"ProcessingJob": {"RoleArn": "arn:aws:iam::123456789012:role/configured"}},
    }
    session, path = world.session(sagemaker_config=config), "SageMaker.ProcessingJob.RoleArn"
    resolve, holder = _of(world), SimpleNamespace(role=None)
    nested = {"sagemaker_session": session, "nested_keys": ["a", "b"], "config_path": path}
    return [
        resolve("resolve_value_from_config", None, path, "default", session),
        resolve("resolve_value_from_config", "mine", path, "default", session),
        resolve("resolve_value_from_config", None, "SageMaker.ProcessingJob.Tags", "default", session),
        resolve("resolve_value_from_config", None, None, "default", session),
        resolve("resolve_value_from_config", config_path=path, sagemaker_config=config),
        resolve("get_sagemaker_config_value", session, path),
        resolve("get_sagemaker_config_value", None, path),
        resolve("resolve_class_attribute_from_config", None, holder, "role", path, sagemaker_session=session).role,
        resolve("resolve_class_attribute_from_config", None, None, "role", path, sagemaker_session=session),
        resolve("resolve_nested_dict_value_from_config", {"a": {}}, **nested),
        resolve("resolve_nested_dict_value_from_config", {"a": {"b": 1}}, **nested),
        resolve("resolve_nested_dict_value_from_config", {"a": 1}, **nested),
        resolve(
            "update_nested_dictionary_with_values_from_config", {"RoleArn": "x"}, "SageMaker.ProcessingJob", session
        ),
    ]


def configured_attribute_that_there_is_not(world: World) -> None:
    config = {"SchemaVersion": "1.0", "SageMaker": {"ProcessingJob": {"RoleArn": "arn:aws:iam::123456789012:role/r"}}}
    path, session = "SageMaker.ProcessingJob.RoleArn", world.session(sagemaker_config=config)
    _of(world)("resolve_class_attribute_from_config", None, 7, "role", path, sagemaker_session=session)


def images_by_name(world: World) -> Any:
    host = "520713654638.dkr.ecr.us-east-1.amazonaws.com"
    names = (
        "sagemaker-mxnet-py2-cpu:1.0",
        "sagemaker-chainer:5.0.0-gpu-py3",
        "sagemaker-rl-tensorflow:coach0.11.1-cpu-py3",
        "sagemaker-xgboost:1.7-1",
        "pytorch-training:2.3.0-cpu-py311",
        "other:1",
    )
    found = [world["fw_utils.framework_name_from_image"](f"{host}/{name}") for name in names]
    return [[list(image) for image in found], world["fw_utils.python_deprecation_warning"]("mxnet", "1.6.0")]


def code_uploaded(world: World) -> Any:
    world.files(src__train_py="print(1)", lib__a_py="A = 1")
    upload, session = world["fw_utils.tar_and_upload_dir"], world.session().boto_session
    places = [
        list(upload(session, "bucket", "prefix", "train.py", "src", ["lib"])),
        list(upload(session, "bucket", "other", "src/train.py", kms_key="key", expected_bucket_owner="123456789012")),
        list(upload(session, "bucket", "none", "train.py", "s3://bucket/code.tar.gz")),
    ]
    return [places, {key: world.aws.archive(key) for key in sorted(world.aws.stored)}]


def prefixes_of_code(world: World) -> Any:
    prefix = world["fw_utils.model_code_key_prefix"]
    return [prefix("a/b", "model", "image"), prefix("", None, "image"), prefix(None, "model", "image")]


def script_in_a_folder(world: World) -> Any:
    world.files(src__train_py="1")
    check = world["fw_utils.validate_source_dir"]
    return [check("train.py", "src"), check("train.py", None)]


def script_in_another_folder(world: World) -> None:
    world["fw_utils.validate_source_dir"]("train.py", "elsewhere")


def model_parallel_parameters(world: World) -> Any:
    world.files(mp_json='{"partitions": 2}')
    parameters = {"enabled": True, "parameters": {"partitions": 2, "ddp": True}}
    get, parse = world["fw_utils.get_mp_parameters"], world["fw_utils.parse_mp_parameters"]
    return [get({"smdistributed": {"modelparallel": parameters}}), get({}), parse("mp.json"), parse({"a": 1})]


def model_parallel_parameters_of_nothing(world: World) -> None:
    world["fw_utils.parse_mp_parameters"]("absent.json")


def model_parallel_parameters_that_are_wrong(world: World) -> None:
    world["fw_utils.validate_mp_config"]({"pipeline": "slow"})


def distributions(world: World) -> Any:
    check = world["fw_utils.validate_distribution"]
    kwargs = {"instance_type": "ml.p4d.24xlarge", "entry_point": "train.py"}
    given = {"smdistributed": {"dataparallel": {"enabled": True}}}
    return check(given, None, "pytorch", "2.0.1", "py310", None, kwargs)


def distribution_on_trainium(world: World) -> None:
    world["fw_utils.validate_distribution_for_instance_type"]("ml.trn1.32xlarge", {"mpi": {"enabled": True}})


def distribution_of_torch_on_a_cpu(world: World) -> None:
    given = {"torch_distributed": {"enabled": True}}
    check = world["fw_utils.validate_torch_distributed_distribution"]
    check("ml.m5.large", given, "2.0.1", "py310", None, "train.py")


def distribution_of_the_vendor_too_old(world: World) -> None:
    given = {"smdistributed": {"dataparallel": {"enabled": True}}}
    world["fw_utils.validate_smdistributed"]("ml.p4d.24xlarge", "pytorch", "1.0", "py3", given)


def code_that_only_a_run_finds(world: World) -> Any:
    check = world["fw_utils.validate_source_code_input_against_pipeline_variables"]
    return check("train.py", "src", {"repo": "x"}, True)


def framework_profiles(world: World) -> Any:
    warn = world["fw_utils.profiler_config_deprecation_warning"]
    asked, not_asked = SimpleNamespace(framework_profile_params=1), SimpleNamespace(framework_profile_params=None)
    image = "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.3.0-cpu-py311"
    return _warnings(
        lambda: warn(asked, None, "pytorch", "2.0"),
        lambda: warn(asked, None, "pytorch", "1.13"),
        lambda: warn(asked, image, "pytorch", None),
        lambda: warn(asked, None, "mxnet", "2.0"),
        lambda: warn(asked, None, "tensorflow", "2.11.0"),
        lambda: warn(not_asked, None, "tensorflow", "2.12"),
        lambda: warn(None, None, "tensorflow", "2.12"),
    )


def networks(world: World) -> Any:
    vpc = {"Subnets": ["s"], "SecurityGroupIds": ["g"], "More": 1}
    names = ("to_dict", "from_dict", "sanitize")
    to_dict, from_dict, sanitize = (world[f"vpc_utils.{name}"] for name in names)
    return [
        to_dict(["s"], ["g"]),
        to_dict(["s"], None),
        list(from_dict(vpc)),
        list(from_dict(None)),
        list(from_dict(vpc, do_sanitize=True)),
        sanitize(vpc),
        sanitize(None),
        [world[f"vpc_utils.{name}"] for name in ("SUBNETS_KEY", "SECURITY_GROUP_IDS_KEY", "VPC_CONFIG_DEFAULT")],
    ]


def network_without_groups(world: World) -> None:
    world["vpc_utils.sanitize"]({"Subnets": ["s"]})


def network_that_is_none(world: World) -> None:
    world["vpc_utils.sanitize"]("subnet")


def warned_of_what_has_gone(world: World) -> Any:
    names = ("removed_warning", "renamed_warning", "deprecation_warn", "deprecation_warn_base", "removed_arg")
    gone, renamed, dated, plain, argument = (world[f"deprecations.{name}"] for name in names)
    kwargs = {"old": 1}
    said = _warnings(
        lambda: gone("The thing"),
        lambda: gone("The thing", "2.3"),
        lambda: renamed("The thing"),
        lambda: dated("the thing", "tomorrow", " Use another."),
        lambda: plain("Something is otherwise"),
        lambda: argument("name", 1),
        lambda: argument("name", None),
        lambda: world["deprecations.renamed_kwargs"]("old", "new", None, kwargs),
        lambda: world["deprecations.removed_kwargs"]("old", kwargs),
        lambda: world["deprecations.removed_function"]("f")(1, a=2),
        lambda: world["utils.get_ecr_image_uri_prefix"]("a", "b"),
    )
    return [said, kwargs]


def decorated_with_warnings(world: World) -> Any:
    class Thing:
        """A thing."""

        def serialize(self, data: Any) -> Any:
            return data

        deserialize = serialize

    def double(number: int) -> int:
        return 2 * number

    of = {
        name: world[f"deprecations.{name}"]
        for name in (
            "deprecated",
            "deprecation_warning",
            "deprecated_function",
            "deprecated_class",
            "deprecated_serialize",
            "deprecated_deserialize",
        )
    }
    return _warnings(
        lambda: of["deprecated"]()(double)(2),
        lambda: of["deprecated"]("2.1")(double)(2),
        lambda: of["deprecation_warning"]("tomorrow", "Hurry.")(double)(2),
        lambda: of["deprecated_function"](double, "double")(2),
        lambda: isinstance(of["deprecated_class"](Thing, "Old")(), Thing),
        lambda: of["deprecated_serialize"](Thing(), "old_serializer").serialize(3),
        lambda: of["deprecated_deserialize"](Thing(), "old_deserializer").deserialize(3),
    )


def image_by_its_old_function(world: World) -> Any:
    make = world["fw_utils.create_image_uri"]
    return _warnings(lambda: make("us-east-1", "sklearn", "ml.m5.large", "1.2-1", "py3"))[:1]


def function_created(world: World) -> Any:
    world.files(add_py="def handler(event, context): return 1")
    function = _function(world, script="add.py", environment={"Variables": {"A": "1"}}, layers=["arn:layer"])
    return [_plain(function.create()), function.timeout, function.memory_size, function.runtime]


def function_created_of_an_archive(world: World) -> Any:
    world.files(code_zip="zip")
    return _plain(_function(world, zipped_code_dir="code.zip").create())


def function_created_of_an_archive_in_another_bucket(world: World) -> Any:
    world.files(code_zip="zip")
    return _plain(_function(world, zipped_code_dir="code.zip", s3_bucket="other", runtime="python3.12").create())


def function_updated(world: World) -> Any:
    world.files(add_py="def handler(event, context): return 1", code_zip="zip")
    session, arn = world.session(), "arn:aws:lambda:us-east-1:123456789012:function:add"
    known = world["lambda_helper.Lambda"](function_arn=arn, script="add.py", session=session)
    archived = _function(world, zipped_code_dir="code.zip")
    return [_plain(known.update()), _plain(archived.update())]


def function_upserted(world: World) -> Any:
    world.files(add_py="def handler(event, context): return 1")
    world.aws.answers["CreateFunction"] = Refusal("ResourceConflictException", "Function already exist: add", 409)
    return _plain(_function(world, script="add.py").upsert())


def function_that_is_busy(world: World) -> Any:
    world.files(add_py="def handler(event, context): return 1")
    busy = Refusal("ResourceConflictException", "The operation cannot be performed at this time", 409)
    world.aws.answers["UpdateFunctionCode"] = [busy, {"FunctionName": "add"}]
    return _plain(_function(world, script="add.py").update())


def function_refused(world: World) -> Any:
    world.files(add_py="def handler(event, context): return 1")
    world.aws.answers["CreateFunction"] = Refusal("InvalidParameterValueException", "no such role")
    _function(world, script="add.py").upsert()


def function_invoked_and_deleted(world: World) -> Any:
    function = world["lambda_helper.Lambda"](
        function_arn="arn:aws:lambda:us-east-1:1:function:a", session=world.session()
    )
    return [_plain(function.invoke()), _plain(function.delete())]


def function_invoked_that_is_not_there(world: World) -> None:
    world.aws.answers["Invoke"] = Refusal("ResourceNotFoundException", "Function not found", 404)
    world["lambda_helper.Lambda"](
        function_arn="arn:aws:lambda:us-east-1:1:function:a", session=world.session()
    ).invoke()


def functions_that_lack_something(world: World) -> Any:
    make, said = world["lambda_helper.Lambda"], []
    role, name = {"execution_role_arn": "arn"}, {"function_name": "f"}
    for given in (
        {},
        name,
        {**name, **role},
        {**name, **role, "script": "a.py"},
        {**name, **role, "script": "a.py", "zipped_code_dir": "z.zip", "handler": "a.b"},
        {"function_arn": "arn", "script": "a.py", "zipped_code_dir": "z.zip"},
    ):
        try:
            make(**given, session=world.session())
        except ValueError as error:
            said.append(str(error))
    return said


def function_created_without_a_name(world: World) -> None:
    world["lambda_helper.Lambda"](function_arn="arn", script="a.py", session=world.session()).create()


def stability_images(world: World) -> Any:
    get = world["stabilityai.get_stabilityai_image_uri"]
    return [get(region="us-west-2", version="0.1"), get(world.session(), version="0.1")]


def _object(content: bytes) -> dict[str, Any]:
    return {"ContentLength": len(content), "ETag": '"e"', "Body": body(content)}


def _of(world: World) -> Callable[..., Any]:
    return lambda name, *args, **kwargs: world[f"utils.{name}"](*args, **kwargs)


def _until(numbers: Any, last: int) -> Any:
    for number in numbers:
        yield number
        if number == last:
            return


def _price(value: str) -> dict[str, Any]:
    return {"terms": {"OnDemand": {"a": {"priceDimensions": {"b": {"pricePerUnit": {"USD": value}}}}}}}


def _stored(world: World, content: bytes = b"hi") -> None:
    world.aws.answers["HeadObject"] = {"ContentLength": len(content), "ETag": '"e"'}
    world.aws.answers["GetObject"] = _object(content)


def _packed(files: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    return packed.getvalue()


def _read(path: str) -> str:
    with open(path) as file:
        return file.read()


def _function(world: World, **changes: Any) -> Any:
    given = {"function_name": "add", "execution_role_arn": "arn:aws:iam::123456789012:role/r", "handler": "add.handler"}
    return world["lambda_helper.Lambda"](**given, session=world.session(), **changes)


def _plain(answer: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key != "ResponseMetadata"}


def _warnings(*actions: Callable[[], Any]) -> list[Any]:
    """Return what each action returns and warns of."""
    found: list[Any] = []
    for action in actions:
        with warnings.catch_warnings(record=True) as caught, contextlib.redirect_stderr(io.StringIO()):
            warnings.simplefilter("always")
            value = action()
        said = [[warning.category.__name__, str(warning.message)] for warning in caught]
        found.append([value, [line for line in said if "sagemaker>=" in line[1]]])
    return found
