from __future__ import annotations

import pytest

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
        ({"PrimaryContainer": {"Image": "python"}}, "starts no model server"),
        ({"PrimaryContainer": {**CONTAINER, "Mode": "MultiModel"}}, "`Mode MultiModel` is not built"),
        ({"Containers": [CONTAINER, CONTAINER]}, "`Containers of more than one container` is not built"),
        ({}, "either PrimaryContainer or Containers"),
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
        ([variant(RoutingConfig={"RoutingStrategy": "LEAST_OUTSTANDING_REQUESTS"})], "is not built"),
        ([{"VariantName": "v", "ModelName": "m"}], "Value null at 'productionVariants.1.member.instanceType'"),
        (
            [{"VariantName": "v", "ModelName": "m", "ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 1}}],
            "`ProductionVariants.1.ServerlessConfig` is not built",
        ),
    ],
)
def test_variants_that_cannot_be_served_are_refused(model, variants, said):
    with pytest.raises(ApiError, match="ValidationException") as caught:
        model.call("CreateEndpointConfig", EndpointConfigName="c", ProductionVariants=variants)
    assert said in caught.value.message


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
    for _ in range(2):
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
    for _ in range(2):
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
