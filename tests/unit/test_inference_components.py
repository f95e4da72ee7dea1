"""Inference components, with executions that do what the test says."""

from __future__ import annotations

import pytest

from sagewright.engine.steward.endpoints import COMPONENT, EndpointReconciler
from sagewright.vocabulary.errors import ApiError
from tests.unit.conftest import ACCOUNT, IMAGE

ARNS = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/r"
CONTAINER = {"Image": IMAGE, "ModelDataUrl": "s3://bucket/model/model.tar.gz"}
COMPUTE = {"NumberOfCpuCoresRequired": 1, "MinMemoryRequiredInMb": 128, "MaxMemoryRequiredInMb": 512}
SPECIFICATION = {"ModelName": "m", "ComputeResourceRequirements": COMPUTE}
VARIANT = {"VariantName": "v", "InstanceType": "ml.m5.large", "InitialInstanceCount": 2}


@pytest.fixture
def house(house):
    house.call("CreateModel", ModelName="m", PrimaryContainer=CONTAINER)
    house.call("CreateEndpointConfig", EndpointConfigName="c", ProductionVariants=[VARIANT], ExecutionRoleArn=ROLE)
    house.call("CreateEndpoint", EndpointName="e", EndpointConfigName="c")
    house.tick()
    return house


@pytest.fixture
def tick(house):
    reconciler = EndpointReconciler(house.parts, house.executor, "one", kind=COMPONENT)

    def twice_with_all_servers_up():
        for _ in range(2):
            reconciler.tick()
            for execution in house.executor.plans:
                if house.executor.observe(execution)[0].alive:
                    house.executor.serve(execution, "127.0.0.1:1")
        reconciler.tick()

    return twice_with_all_servers_up


def create(house, name="ic", count=1, **changes):
    request = {
        "EndpointName": "e",
        "VariantName": "v",
        "Specification": SPECIFICATION,
        "RuntimeConfig": {"CopyCount": count},
        **changes,
    }
    return house.call("CreateInferenceComponent", InferenceComponentName=name, **request)


def describe(house, name="ic"):
    return house.call("DescribeInferenceComponent", InferenceComponentName=name)


def test_an_endpoint_without_a_model_is_in_service_at_once(house):
    described = house.call("DescribeEndpoint", EndpointName="e")

    assert described["EndpointStatus"] == "InService"
    (variant,) = described["ProductionVariants"]
    assert (variant["CurrentInstanceCount"], variant["DesiredInstanceCount"]) == (2, 2)
    assert "DeployedImages" not in variant
    assert house.executor.plans == {}


def test_each_copy_of_a_component_is_an_instance(house, tick):
    assert create(house, count=2) == {"InferenceComponentArn": f"{ARNS}:inference-component/ic"}
    described = describe(house)
    assert described["InferenceComponentStatus"] == "Creating"
    assert described["RuntimeConfig"] == {"DesiredCopyCount": 2, "CurrentCopyCount": 0}
    tick()

    described = describe(house)
    assert described["InferenceComponentStatus"] == "InService"
    assert described["RuntimeConfig"] == {"DesiredCopyCount": 2, "CurrentCopyCount": 2}
    assert (described["EndpointArn"], described["VariantName"]) == (f"{ARNS}:endpoint/e", "v")
    assert described["Specification"] == SPECIFICATION
    hosts = [host for plan in house.executor.plans.values() for host in plan.hosts]
    assert {host.log_group for host in hosts} == {"/aws/sagemaker/InferenceComponents/ic"}
    assert {host.memory_bytes for host in hosts} == {512 << 20}


def test_a_component_of_a_container_is_described_with_its_image(house, tick):
    container = {"Image": IMAGE, "ArtifactUrl": "s3://bucket/model/model.tar.gz", "Environment": {"A": "b"}}
    create(house, Specification={"Container": container, "ComputeResourceRequirements": COMPUTE})
    tick()

    shown = describe(house)["Specification"]["Container"]
    assert shown["DeployedImage"]["SpecifiedImage"] == IMAGE
    assert shown["ArtifactUrl"] == "s3://bucket/model/model.tar.gz"
    ((host,),) = (plan.hosts for plan in house.executor.plans.values())
    assert (host.environment["A"], host.unpacks[0].key) == ("b", "model/model.tar.gz")


def test_the_number_of_copies_changes(house, tick):
    create(house)
    tick()
    house.call(
        "UpdateInferenceComponentRuntimeConfig", InferenceComponentName="ic", DesiredRuntimeConfig={"CopyCount": 3}
    )
    assert describe(house)["InferenceComponentStatus"] == "Updating"
    tick()
    assert describe(house)["RuntimeConfig"] == {"DesiredCopyCount": 3, "CurrentCopyCount": 3}
    house.call("UpdateInferenceComponent", InferenceComponentName="ic", RuntimeConfig={"CopyCount": 0})
    tick()
    assert describe(house)["RuntimeConfig"] == {"DesiredCopyCount": 0, "CurrentCopyCount": 0}
    assert len(house.executor.stopped) == 3


def test_another_specification_takes_the_place_of_the_old_copies(house, tick):
    create(house)
    tick()
    (old,) = house.executor.plans
    house.call("CreateModel", ModelName="n", PrimaryContainer=CONTAINER)
    one = {"MaximumBatchSize": {"Type": "COPY_COUNT", "Value": 1}, "WaitIntervalInSeconds": 0}
    house.call(
        "UpdateInferenceComponent",
        InferenceComponentName="ic",
        Specification={**SPECIFICATION, "ModelName": "n"},
        DeploymentConfig={"RollingUpdatePolicy": one},
    )
    tick()

    described = describe(house)
    assert described["InferenceComponentStatus"] == "InService"
    assert described["Specification"]["ModelName"] == "n"
    assert described["LastDeploymentConfig"] == {"RollingUpdatePolicy": one}
    assert old in house.executor.stopped


def test_components_are_listed_by_their_endpoint_and_deleted(house, tick):
    create(house, "one")
    create(house, "two")
    tick()
    house.call("CreateEndpoint", EndpointName="f", EndpointConfigName="c")
    create(house, "three", EndpointName="f")

    def names(**conditions):
        found = house.call("ListInferenceComponents", **conditions)["InferenceComponents"]
        return sorted(item["InferenceComponentName"] for item in found)

    assert names() == ["one", "three", "two"]
    assert names(EndpointNameEquals="e") == ["one", "two"]
    assert names(EndpointNameEquals="e", MaxResults=1) in (["one"], ["two"])
    assert names(VariantNameEquals="w") == []
    assert names(StatusEquals="Creating") == ["three"]
    house.call("DeleteInferenceComponent", InferenceComponentName="one")
    tick()
    for execution in list(house.executor.stopped):
        house.executor.finish(execution, stopped="order")
    tick()
    assert names() == ["three", "two"]
    with pytest.raises(ApiError, match=f'Could not find inference component "{ARNS}:inference-component/one"'):
        describe(house, "one")


def test_components_go_with_their_endpoint(house, tick):
    create(house)
    with pytest.raises(ApiError, match="Cannot update in-progress inference component"):
        house.call("DeleteInferenceComponent", InferenceComponentName="ic")
    with pytest.raises(ApiError, match="has inference components that are being made or changed: ic"):
        house.call("DeleteEndpoint", EndpointName="e")
    tick()
    house.call("DeleteEndpoint", EndpointName="e")

    assert describe(house)["InferenceComponentStatus"] == "Deleting"


def test_an_update_leaves_components_where_they_are(house, tick):
    create(house)
    tick()
    house.call(
        "CreateEndpointConfig",
        EndpointConfigName="more",
        ProductionVariants=[{**VARIANT, "InitialInstanceCount": 3}],
        ExecutionRoleArn=ROLE,
    )
    house.call("UpdateEndpoint", EndpointName="e", EndpointConfigName="more")
    house.tick()
    assert house.call("DescribeEndpoint", EndpointName="e")["ProductionVariants"][0]["CurrentInstanceCount"] == 3
    assert describe(house)["InferenceComponentStatus"] == "InService"

    served = {**VARIANT, "ModelName": "m"}
    house.call("CreateEndpointConfig", EndpointConfigName="d", ProductionVariants=[served])
    with pytest.raises(ApiError, match="inference component `ic` is on variant `v`, which would not take any"):
        house.call("UpdateEndpoint", EndpointName="e", EndpointConfigName="d")


def test_a_component_that_does_not_come_up_has_failed(house):
    create(house)
    reconciler = EndpointReconciler(house.parts, house.executor, "one", kind=COMPONENT)
    reconciler.tick()
    house.executor.finish(next(iter(house.executor.plans)), exit_code=1, reason="AlgorithmError: no model")
    reconciler.tick()

    described = describe(house)
    assert described["InferenceComponentStatus"] == "Failed"
    assert "no model" in described["FailureReason"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"EndpointName": "x"}, f'Could not find endpoint "{ARNS}:endpoint/x"'),
        ({"VariantName": "w"}, 'Could not find variant "w" of endpoint'),
        ({"Specification": {**SPECIFICATION, "ModelName": "x"}}, f'Could not find model "{ARNS}:model/x"'),
        ({"Specification": {"ComputeResourceRequirements": COMPUTE}}, "either a ModelName or a Container"),
        ({"Specification": {"ModelName": "m"}}, "needs ComputeResourceRequirements"),
        (
            {
                "Specification": {
                    "ModelName": "m",
                    "ComputeResourceRequirements": {**COMPUTE, "MinMemoryRequiredInMb": 600},
                }
            },
            "MaxMemoryRequiredInMb is less",
        ),
        ({"Specification": {**SPECIFICATION, "BaseInferenceComponentName": "b"}}, "BaseInferenceComponentName` is not"),
    ],
)
def test_components_that_cannot_be_served_are_refused(house, changes, said):
    with pytest.raises(ApiError, match="ValidationException") as caught:
        create(house, **changes)
    assert said in caught.value.message


def test_a_component_needs_a_variant_without_a_model(house):
    served = {**VARIANT, "ModelName": "m"}
    house.call("CreateEndpointConfig", EndpointConfigName="d", ProductionVariants=[served])
    house.call("CreateEndpoint", EndpointName="f", EndpointConfigName="d")
    with pytest.raises(ApiError, match="Variant `v` serves the model `m`"):
        create(house, EndpointName="f")
    for variants, members, said in (
        (
            [VARIANT, {**served, "VariantName": "w"}],
            {"ExecutionRoleArn": ROLE},
            "all variants have a ModelName or none",
        ),
        ([VARIANT], {}, "need an ExecutionRoleArn"),
    ):
        with pytest.raises(ApiError, match=said):
            house.call("CreateEndpointConfig", EndpointConfigName="x", ProductionVariants=variants, **members)
