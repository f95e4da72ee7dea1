from __future__ import annotations

import pytest

from sagewright.engine.abc import LogEvent
from sagewright.engine.planning.document import Fetch, Unpack
from sagewright.engine.steward.endpoints import EndpointReconciler
from sagewright.vocabulary.errors import ApiError
from tests.unit.conftest import ACCOUNT, IMAGE

ARNS = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}"
CONTAINER = {"Image": IMAGE, "ModelDataUrl": "s3://bucket/model/model.tar.gz"}


def variant(name="AllTraffic", count=1, **changes):
    return {
        "VariantName": name,
        "ModelName": "m",
        "InitialInstanceCount": count,
        "InstanceType": "ml.m5.large",
        **changes,
    }


def source(uri, kind="S3Prefix", compression="None"):
    return {"S3DataSource": {"S3Uri": uri, "S3DataType": kind, "CompressionType": compression}}


def additional(name, uri="s3://bucket/train/"):
    return {"ChannelName": name, **source(uri)}


CONCURRENCY = {"MemorySizeInMB": 1024, "MaxConcurrency": 1}
SERVERLESS = {"VariantName": "v", "ModelName": "m", "ServerlessConfig": CONCURRENCY}


def serverless(**changes):
    return {**SERVERLESS, "ServerlessConfig": {**CONCURRENCY, **changes}}


def scaling(least, most):
    return {"Status": "ENABLED", "MinInstanceCount": least, "MaxInstanceCount": most}


@pytest.fixture
def model(house):
    house.call("CreateModel", ModelName="m", PrimaryContainer=CONTAINER, ExecutionRoleArn="arn:aws:iam::1:role/r")
    return house


@pytest.fixture
def served(model):
    model.call("CreateEndpointConfig", EndpointConfigName="c", ProductionVariants=[variant()])
    model.call("CreateEndpoint", EndpointName="e", EndpointConfigName="c")
    model.tick()
    return model


def execution(house, name="e"):
    body = house.parts.state.get("endpoint", f"{ACCOUNT}/us-east-1", name).body
    return next(i["execution_id"] for given in body["instances"].values() for i in given)


def status(house):
    return house.call("DescribeEndpoint", EndpointName="e")["EndpointStatus"]


def test_a_model_is_described_with_what_the_service_fills_in(model):
    described = model.call("DescribeModel", ModelName="m")

    assert described["PrimaryContainer"] == {**CONTAINER, "Mode": "SingleModel", "Environment": {}}
    assert described["ModelArn"] == f"{ARNS}:model/m"
    assert described["EnableNetworkIsolation"] is False


@pytest.mark.parametrize(
    ("params", "said"),
    [
        (
            {"PrimaryContainer": {**CONTAINER, "ModelDataUrl": "s3://bucket/none"}},
            "Could not access model data at s3://",
        ),
        ({"PrimaryContainer": {"Image": "x/unknown:1"}}, "The image `x/unknown:1` is not one"),
        ({}, "either PrimaryContainer or Containers"),
        ({"Containers": [{**CONTAINER, "ContainerHostname": "a"}] * 2}, "`a` is used more than once"),
        (
            {"Containers": [CONTAINER] * 2, "InferenceExecutionConfig": {"Mode": "Direct"}},
            "needs a ContainerHostname",
        ),
        (
            {"PrimaryContainer": CONTAINER, "InferenceExecutionConfig": {"Mode": "Serial"}},
            "needs a model of Containers",
        ),
        ({"PrimaryContainer": {"Image": IMAGE, "Mode": "MultiModel"}}, "needs a ModelDataUrl, the prefix"),
        (
            {"PrimaryContainer": {"Image": IMAGE, "Mode": "MultiModel", "ModelDataUrl": "s3://none/x"}},
            "there is no such bucket",
        ),
        (
            {"PrimaryContainer": {**CONTAINER, "MultiModelConfig": {"ModelCacheSetting": "Enabled"}}},
            "needs a container of Mode MultiModel",
        ),
        ({"PrimaryContainer": {**CONTAINER, "ModelDataSource": source("s3://bucket/model/")}}, "not from both"),
        ({"PrimaryContainer": {"Image": IMAGE, "ModelDataSource": source("s3://bucket/no/")}}, "there are no objects"),
        (
            {"PrimaryContainer": {"Image": IMAGE, "ModelDataSource": source("s3://bucket/model/", "S3Prefix", "Gzip")}},
            "needs a CompressionType of None",
        ),
        (
            {"PrimaryContainer": {"Image": IMAGE, "AdditionalModelDataSources": [additional("a"), additional("a")]}},
            "names, each used once",
        ),
        ({"PrimaryContainer": {**CONTAINER, "ModelPackageName": "p"}}, "takes its Image from the package"),
    ],
)
def test_models_that_cannot_be_served_are_refused(house, params, said):
    with pytest.raises(ApiError) as caught:
        house.call("CreateModel", ModelName="m", **params)
    assert caught.value.code == "ValidationException"
    assert said in caught.value.message


@pytest.mark.parametrize(
    ("operation", "params", "said"),
    [
        ("CreateModel", {"ModelName": "m", "PrimaryContainer": CONTAINER}, f'model "{ARNS}:model/m"'),
        (
            "CreateEndpointConfig",
            {"EndpointConfigName": "c", "ProductionVariants": [variant()]},
            f'endpoint configuration "{ARNS}:endpoint-config/c"',
        ),
        ("CreateEndpoint", {"EndpointName": "e", "EndpointConfigName": "c"}, f'endpoint "{ARNS}:endpoint/e"'),
    ],
)
def test_names_are_taken_once(served, operation, params, said):
    with pytest.raises(ApiError) as caught:
        served.call(operation, **params)
    assert str(caught.value) == f"ValidationException: Cannot create already existing {said}."


@pytest.mark.parametrize(
    ("operation", "params", "said"),
    [
        ("DescribeModel", {"ModelName": "x"}, f'model "{ARNS}:model/x"'),
        ("DeleteModel", {"ModelName": "x"}, f'model "{ARNS}:model/x"'),
        ("DescribeEndpointConfig", {"EndpointConfigName": "x"}, f'endpoint configuration "{ARNS}:endpoint-config/x"'),
        ("DescribeEndpoint", {"EndpointName": "x"}, f'endpoint "{ARNS}:endpoint/x"'),
        ("DeleteEndpoint", {"EndpointName": "x"}, f'endpoint "{ARNS}:endpoint/x"'),
        (
            "CreateEndpoint",
            {"EndpointName": "e", "EndpointConfigName": "x"},
            f'endpoint configuration "{ARNS}:endpoint-config/x"',
        ),
    ],
)
def test_what_is_missing_is_not_found(house, operation, params, said):
    with pytest.raises(ApiError) as caught:
        house.call(operation, **params)
    assert str(caught.value) == f"ValidationException: Could not find {said}."


@pytest.mark.parametrize(
    ("variants", "said"),
    [
        ([variant(ModelName="x")], f'Could not find model "{ARNS}:model/x".'),
        ([variant(), variant()], "The variant name `AllTraffic` is used more than once."),
        ([variant(RoutingConfig={"RoutingStrategy": "KV_AWARE"})], "RoutingStrategy KV_AWARE` is not built"),
        ([{"VariantName": "v", "ModelName": "m"}], "Value null at 'productionVariants.1.member.instanceType'"),
        ([SERVERLESS, variant()], "Serverless inference does not go with several variants"),
        ([{**SERVERLESS, "InstanceType": "ml.m5.large"}], "has a ServerlessConfig and so can have no InstanceType"),
        ([serverless(MemorySizeInMB=1500)], "asks for 1500 MB; MemorySizeInMB is one of 1024, "),
        ([serverless(ProvisionedConcurrency=2)], "greater than its MaxConcurrency"),
        ([variant(ManagedInstanceScaling=scaling(2, 3))], "1 instances of variant `AllTraffic` lie outside"),
        ([variant(ManagedInstanceScaling=scaling(3, 2))], "MinInstanceCount of variant `AllTraffic` is greater"),
        ([variant(EnableSSMAccess=True)], "`ProductionVariants.1.EnableSSMAccess` is not built"),
    ],
)
def test_variants_that_cannot_be_served_are_refused(model, variants, said):
    with pytest.raises(ApiError, match="ValidationException") as caught:
        model.call("CreateEndpointConfig", EndpointConfigName="c", ProductionVariants=variants)
    assert said in caught.value.message


CAPTURE = {
    "EnableCapture": True,
    "InitialSamplingPercentage": 50,
    "DestinationS3Uri": "s3://bucket/capture",
    "CaptureOptions": [{"CaptureMode": "Input"}],
}
ASYNC = {"OutputConfig": {"S3OutputPath": "s3://bucket/async"}}


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"ProductionVariants": [SERVERLESS], "DataCaptureConfig": CAPTURE}, "does not go with data capture"),
        ({"ProductionVariants": [SERVERLESS], "AsyncInferenceConfig": ASYNC}, "does not go with an AsyncInference"),
        ({"AsyncInferenceConfig": {"OutputConfig": {}}}, "needs an S3OutputPath"),
        (
            {"AsyncInferenceConfig": ASYNC, "ShadowProductionVariants": [variant("s")]},
            "Asynchronous inference does not go with shadow variants",
        ),
        ({"ShadowProductionVariants": [variant("s"), variant("t")]}, "exactly one of them"),
        ({"ShadowProductionVariants": [variant()]}, "`AllTraffic` is used more than once"),
        ({"ExplainerConfig": {"ClarifyExplainerConfig": {}}}, "`ExplainerConfig` is not built"),
    ],
)
def test_configurations_that_do_not_hold_together_are_refused(model, members, said):
    with pytest.raises(ApiError, match="ValidationException") as caught:
        model.call("CreateEndpointConfig", EndpointConfigName="c", **{"ProductionVariants": [variant()], **members})
    assert said in caught.value.message


def test_an_endpoint_keeps_what_its_configuration_says(model):
    config = {
        "ProductionVariants": [variant(RoutingConfig={"RoutingStrategy": "LEAST_OUTSTANDING_REQUESTS"})],
        "ShadowProductionVariants": [variant("shadow", count=2)],
        "DataCaptureConfig": CAPTURE,
    }
    model.call("CreateEndpointConfig", EndpointConfigName="c", **config)
    model.call("CreateEndpoint", EndpointName="e", EndpointConfigName="c")
    model.tick()

    body = model.parts.state.get("endpoint", f"{ACCOUNT}/us-east-1", "e").body
    assert body["config"]["DataCaptureConfig"] == CAPTURE
    assert [(v["name"], v.get("shadow")) for v in body["variants"]] == [("AllTraffic", None), ("shadow", True)]
    assert {name: len(given) for name, given in body["instances"].items()} == {"AllTraffic": 1, "shadow": 2}
    described = model.call("DescribeEndpoint", EndpointName="e")
    assert [v["VariantName"] for v in described["ProductionVariants"]] == ["AllTraffic"]
    assert described["ProductionVariants"][0]["RoutingConfig"] == {"RoutingStrategy": "LEAST_OUTSTANDING_REQUESTS"}
    assert [v["VariantName"] for v in described["ShadowProductionVariants"]] == ["shadow"]
    assert described["DataCaptureConfig"] == {
        "EnableCapture": True,
        "CaptureStatus": "Started",
        "CurrentSamplingPercentage": 50,
        "DestinationS3Uri": "s3://bucket/capture",
        "KmsKeyId": "",
    }


def test_a_serverless_variant_has_instances_as_they_are_wanted(model):
    wanted = [0]
    reconciler = EndpointReconciler(model.parts, model.executor, "one", lambda record, variant: wanted[0])
    model.call("CreateEndpointConfig", EndpointConfigName="c", ProductionVariants=[SERVERLESS])
    model.call("CreateEndpoint", EndpointName="e", EndpointConfigName="c")
    reconciler.tick()
    assert status(model) == "InService"
    assert model.executor.plans == {}
    (described,) = model.call("DescribeEndpoint", EndpointName="e")["ProductionVariants"]
    assert described["CurrentServerlessConfig"] == CONCURRENCY

    wanted[0] = 1
    reconciler.tick()
    assert len(model.executor.plans) == 1


def test_a_model_of_several_containers_is_a_host_for_each(house):
    house.call("CreateModel", ModelName="m", Containers=[CONTAINER, {**CONTAINER, "ContainerHostname": "last"}])
    house.call("CreateEndpointConfig", EndpointConfigName="c", ProductionVariants=[variant()])
    house.call("CreateEndpoint", EndpointName="e", EndpointConfigName="c")
    house.tick()

    assert [c["Mode"] for c in house.call("DescribeModel", ModelName="m")["Containers"]] == ["SingleModel"] * 2
    (plan,) = house.executor.plans.values()
    assert [(host.host, host.log_stream.partition("/")[0]) for host in plan.hosts] == [
        ("algo-1", "AllTraffic"),
        ("algo-2", "AllTraffic"),
    ]
    assert [host.log_stream.rpartition("/")[2] for host in plan.hosts] == ["container-1", "last"]
    assert house.parts.state.get("endpoint", f"{ACCOUNT}/us-east-1", "e").body["variants"][0]["mode"] == "Serial"


def test_a_server_of_many_models_gets_none_of_them_unpacked(house):
    many = {"Image": IMAGE, "Mode": "MultiModel", "ModelDataUrl": "s3://bucket/models/"}
    house.call("CreateModel", ModelName="m", PrimaryContainer=many)
    house.call("CreateEndpointConfig", EndpointConfigName="c", ProductionVariants=[variant()])
    house.call("CreateEndpoint", EndpointName="e", EndpointConfigName="c")
    house.tick()

    ((host,),) = (plan.hosts for plan in house.executor.plans.values())
    assert host.environment["SAGEMAKER_MULTI_MODEL"] == "true"
    assert (list(host.unpacks), list(host.fetches), host.folders) == ([], [], ["models"])


def test_a_model_comes_as_an_archive_or_as_files(house):
    container = {
        "Image": IMAGE,
        "ModelDataSource": source("s3://bucket/model/model.tar.gz", "S3Object", "Gzip"),
        "AdditionalModelDataSources": [
            additional("draft"),
            {"ChannelName": "one", **source("s3://bucket/train/rows.csv", "S3Object")},
        ],
    }
    house.call("CreateModel", ModelName="m", PrimaryContainer=container)
    house.call("CreateEndpointConfig", EndpointConfigName="c", ProductionVariants=[variant()])
    house.call("CreateEndpoint", EndpointName="e", EndpointConfigName="c")
    house.tick()

    ((host,),) = (plan.hosts for plan in house.executor.plans.values())
    assert list(host.unpacks) == [Unpack("bucket", "model/model.tar.gz", "model", max_bytes=30 << 30)]
    folder = "additional-model-data-sources"
    assert list(host.fetches) == [
        Fetch(f"{folder}-draft", "bucket", "train/", f"{folder}/draft"),
        Fetch(f"{folder}-one", "bucket", "train/rows.csv", f"{folder}/one", data_type="S3Object"),
    ]


def test_a_variant_says_how_long_and_how_large_its_model_may_be(model):
    limits = {
        "VolumeSizeInGB": 2,
        "ModelDataDownloadTimeoutInSeconds": 60,
        "ContainerStartupHealthCheckTimeoutInSeconds": 90,
    }
    model.call("CreateEndpointConfig", EndpointConfigName="c", ProductionVariants=[variant(**limits)])
    model.call("CreateEndpoint", EndpointName="e", EndpointConfigName="c")
    model.tick()

    ((host,),) = (plan.hosts for plan in model.executor.plans.values())
    assert (host.server.download_s, host.server.startup_s) == (60, 90.0)
    assert [unpack.max_bytes for unpack in host.unpacks] == [2 << 30]


def test_names_of_endpoints_are_taken_however_they_are_capitalised(served):
    with pytest.raises(ApiError, match=f'Cannot create already existing endpoint "{ARNS}:endpoint/e"'):
        served.call("CreateEndpoint", EndpointName="E", EndpointConfigName="c")


def test_an_endpoint_is_in_service_when_all_its_servers_answer(model):
    model.call("CreateEndpointConfig", EndpointConfigName="c", ProductionVariants=[variant(count=2)])
    model.call("CreateEndpoint", EndpointName="e", EndpointConfigName="c")
    model.tick()
    first, second = model.executor.plans
    model.executor.serve(first, "127.0.0.1:1")
    model.tick()
    assert status(model) == "Creating"
    model.executor.serve(second, "127.0.0.1:2")
    model.tick()

    described = model.call("DescribeEndpoint", EndpointName="e")
    assert described["EndpointStatus"] == "InService"
    assert described["ProductionVariants"][0]["CurrentInstanceCount"] == 2
    assert model.call("ListEndpoints", StatusEquals="InService")["Endpoints"][0]["EndpointName"] == "e"


def test_what_an_endpoint_serves_is_taken_down_when_it_is_created(served):
    served.call("DeleteModel", ModelName="m")
    served.call("DeleteEndpointConfig", EndpointConfigName="c")
    served.executor.serve(execution(served), "127.0.0.1:1")
    served.tick()

    assert status(served) == "InService"


def test_a_server_that_does_not_come_up_fails_the_endpoint(served):
    served.executor.finish(execution(served), exit_code=1, reason="AlgorithmError: no model, exit code: 1")
    served.tick()

    described = served.call("DescribeEndpoint", EndpointName="e")
    assert described["EndpointStatus"] == "Failed"
    assert described["FailureReason"].startswith(
        "The primary container for production variant AllTraffic did not pass the ping health check. Please check "
        "CloudWatch logs for this endpoint."
    )
    assert "no model" in described["FailureReason"]
    assert served.executor.plans == {}


@pytest.mark.parametrize("outcome", [{"exit_code": 1, "reason": "r", "port_lost": True}, None])
def test_a_new_server_that_was_killed_or_lost_its_port_is_started_again(served, outcome):
    first = execution(served)
    served.executor.finish(first, **outcome) if outcome else served.executor.die(first)
    served.tick()

    assert status(served) == "Creating"
    served.executor.serve(execution(served), "127.0.0.1:1")
    served.tick()
    assert status(served) == "InService"
    assert first in served.executor.released


def test_a_server_that_dies_is_replaced_and_the_endpoint_stays_in_service(served):
    first = execution(served)
    served.executor.serve(first, "127.0.0.1:1")
    served.tick()
    served.executor.die(first)
    served.tick()

    assert status(served) == "InService"
    second = execution(served)
    assert first in served.executor.released
    assert second in served.executor.plans
    served.executor.die(second)
    served.tick()
    served.executor.die(third := execution(served))
    served.tick()
    assert execution(served) == third  # a server that does not come up again and again has to wait
    served.parts.clock.sleep(60)
    served.tick()
    assert execution(served) != third


def test_an_endpoint_is_gone_when_its_servers_are(served):
    with pytest.raises(ApiError, match="Cannot update in-progress endpoint"):
        served.call("DeleteEndpoint", EndpointName="e")
    ran = execution(served)
    served.executor.serve(ran, "127.0.0.1:1")
    served.tick()
    served.call("DeleteEndpoint", EndpointName="e")
    served.tick()
    served.tick()
    assert served.executor.stopped == {ran: 30.0}
    assert status(served) == "Deleting"
    served.executor.finish(ran, stopped="order")
    served.tick()

    with pytest.raises(ApiError, match="Could not find endpoint"):
        status(served)
    assert served.executor.released == [ran]


def test_a_failed_endpoint_can_be_deleted(served):
    for _ in range(3):
        served.executor.die(execution(served))
        served.tick()
    served.call("DeleteEndpoint", EndpointName="e")
    served.tick()
    served.tick()

    with pytest.raises(ApiError, match="Could not find endpoint"):
        status(served)


def test_invoking_what_is_not_in_service_is_refused(served):
    with pytest.raises(ApiError) as caught:
        served.call("InvokeEndpoint", "sagemaker-runtime", EndpointName="e", Body=b"1")
    assert caught.value.code == "ValidationError"
    assert caught.value.message.startswith(f"Endpoint e of account {ACCOUNT} not found.")
    assert caught.value.members["ErrorCode"] == "NO_SUCH_ENDPOINT"


def test_a_failure_reason_ends_with_the_end_of_the_log(served):
    stream = served.executor.plans[execution(served)].hosts[0].log_stream
    lines = [LogEvent(i, f"{i} {'x' * 300}") for i in range(30_000 // 300)]
    served.parts.logs.append("/aws/sagemaker/Endpoints/e", stream, [*lines, LogEvent(101, "ModuleNotFoundError: y")])
    served.executor.finish(execution(served), exit_code=1, reason="AlgorithmError: exit code: 1")
    served.tick()

    reason = served.call("DescribeEndpoint", EndpointName="e")["FailureReason"]
    assert len(reason) == 1024
    assert reason.endswith("x\nModuleNotFoundError: y")
    assert "for this endpoint.\nhint: ...xxx" in reason


@pytest.mark.parametrize(
    ("operation", "params", "describe"),
    [
        ("Model", {"PrimaryContainer": CONTAINER, "ExecutionRoleArn": "arn:aws:iam::1:role/r"}, "ModelName"),
        ("EndpointConfig", {"ProductionVariants": [variant()]}, "EndpointConfigName"),
        ("ModelPackageGroup", {}, "ModelPackageGroupName"),
    ],
)
def test_what_has_tags_that_may_not_be_is_not_made(model, operation, params, describe):
    tags = [{"Key": "k", "Value": "1"}, {"Key": "k", "Value": "2"}]
    with pytest.raises(ApiError, match="more than once"):
        model.call(f"Create{operation}", **params, **{describe: "n"}, Tags=tags)
    with pytest.raises(ApiError, match="Could not find|does not exist"):
        model.call(f"Describe{operation}", **{describe: "n"})
