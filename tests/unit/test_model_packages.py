from __future__ import annotations

import pytest

from sagewright.vocabulary.errors import ApiError
from tests.unit.conftest import ACCOUNT, IMAGE

ARNS = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}"
CONTAINER = {"Image": IMAGE, "ModelDataUrl": "s3://bucket/model/model.tar.gz", "Environment": {"A": "1", "B": "1"}}
SPECIFICATION = {"Containers": [CONTAINER], "SupportedContentTypes": ["text/csv"]}


@pytest.fixture
def group(house):
    house.call("CreateModelPackageGroup", ModelPackageGroupName="Trees", ModelPackageGroupDescription="all")
    return house


def register(house, **changes):
    request = {"ModelPackageGroupName": "Trees", "InferenceSpecification": SPECIFICATION, **changes}
    house.parts.clock.sleep(1)
    return house.call("CreateModelPackage", **{k: v for k, v in request.items() if v is not None})["ModelPackageArn"]


def listed(house, **params):
    return [item["ModelPackageArn"] for item in house.call("ListModelPackages", **params)["ModelPackageSummaryList"]]


def test_a_group_is_made_found_and_forgotten(group):
    described = group.call("DescribeModelPackageGroup", ModelPackageGroupName=f"{ARNS}:model-package-group/trees")
    assert described["ModelPackageGroupName"] == "Trees"
    assert described["ModelPackageGroupStatus"] == "Completed"
    with pytest.raises(ApiError, match=f"Model Package Group already exists: {ARNS}:model-package-group/trees"):
        group.call("CreateModelPackageGroup", ModelPackageGroupName="TREES")
    found = group.call("ListModelPackageGroups", NameContains="Tre")["ModelPackageGroupSummaryList"]
    assert [item["ModelPackageGroupName"] for item in found] == ["Trees"]
    register(group)
    with pytest.raises(ApiError, match="ConflictException"):
        group.call("DeleteModelPackageGroup", ModelPackageGroupName="Trees")
    group.call("DeleteModelPackage", ModelPackageName=f"{ARNS}:model-package/trees/1")
    group.call("DeleteModelPackageGroup", ModelPackageGroupName="Trees")
    with pytest.raises(ApiError, match=f"ModelPackageGroup {ARNS}:model-package-group/trees does not exist"):
        group.call("DescribeModelPackageGroup", ModelPackageGroupName="Trees")


def test_versions_count_and_are_never_given_twice(group):
    assert register(group) == f"{ARNS}:model-package/trees/1"
    second = register(group, ModelApprovalStatus="Approved")
    group.call("DeleteModelPackage", ModelPackageName=second)
    assert register(group) == f"{ARNS}:model-package/trees/3"
    described = group.call("DescribeModelPackage", ModelPackageName="Trees/3")

    assert described["ModelPackageGroupName"] == "Trees"
    assert described["ModelPackageVersion"] == 3
    assert described["ModelPackageStatus"] == "Completed"
    assert described["ModelApprovalStatus"] == "PendingManualApproval"
    assert described["InferenceSpecification"] == SPECIFICATION


def test_packages_are_listed(group):
    one, two = register(group), register(group, ModelApprovalStatus="Approved")
    alone = register(group, ModelPackageGroupName=None, ModelPackageName="alone")

    assert listed(group, ModelPackageGroupName="Trees") == [one, two]
    assert listed(group, ModelPackageGroupName="Trees", SortOrder="Descending", MaxResults=1) == [two]
    assert listed(group, ModelPackageGroupName="Trees", ModelApprovalStatus="Approved") == [two]
    assert listed(group, ModelPackageGroupName="none") == []  # AWS's own tests of v2 count on it
    assert listed(group) == [alone]
    assert set(listed(group, ModelPackageType="Both")) == {one, two, alone}


def test_a_package_is_approved_and_told_of(group):
    arn = register(group, CustomerMetadataProperties={"a": "1", "b": "2"})
    group.call(
        "UpdateModelPackage",
        ModelPackageArn=arn,
        ModelApprovalStatus="Approved",
        ApprovalDescription="good",
        CustomerMetadataProperties={"c": "3"},
        CustomerMetadataPropertiesToRemove=["a"],
        AdditionalInferenceSpecificationsToAdd=[{"Name": "gpu", "Containers": [CONTAINER]}],
    )
    described = group.call("DescribeModelPackage", ModelPackageName=arn)
    assert described["ModelApprovalStatus"] == "Approved"
    assert described["ApprovalDescription"] == "good"
    assert described["CustomerMetadataProperties"] == {"b": "2", "c": "3"}
    assert described["AdditionalInferenceSpecifications"][0]["Name"] == "gpu"


def test_all_that_is_known_of_a_model_is_kept(group):
    report = {"ContentType": "application/json", "S3Uri": "s3://bucket/report"}
    known = {
        "ModelMetrics": {"ModelQuality": {"Statistics": report}, "Bias": {}, "Explainability": {}},
        "DriftCheckBaselines": {"Bias": {"ConfigFile": {"S3Uri": "s3://bucket/bias.json"}}},
        "MetadataProperties": {"CommitId": "c", "Repository": "r"},
        "CustomerMetadataProperties": {"owner": "me"},
        "Domain": "MACHINE_LEARNING",
        "Task": "REGRESSION",
        "SamplePayloadUrl": "s3://bucket/payload.tar.gz",
        "SkipModelValidation": "All",
        "ModelCard": {"ModelCardContent": '{"intended_uses": {}}', "ModelCardStatus": "Draft"},
        "ModelLifeCycle": {"Stage": "Staging", "StageStatus": "Pending"},
    }
    arn = register(group, **known)
    described = group.call("DescribeModelPackage", ModelPackageName=arn)
    assert {name: described[name] for name in known} == known
    assert "ModelCard" not in group.call("DescribeModelPackage", ModelPackageName=arn, IncludedData="MetadataOnly")

    group.call("UpdateModelPackage", ModelPackageArn=arn, SourceUri="s3://bucket/origin")
    group.call("UpdateModelPackage", ModelPackageArn=arn, ModelCard={"ModelCardStatus": "Approved"})
    described = group.call("DescribeModelPackage", ModelPackageName=arn)
    assert described["SourceUri"] == "s3://bucket/origin"
    assert described["ModelCard"] == {"ModelCardContent": '{"intended_uses": {}}', "ModelCardStatus": "Approved"}
    for wrong, said in (
        ({"InferenceSpecification": {"Containers": [{}]}}, "needs an Image"),
        ({"AdditionalInferenceSpecificationsToAdd": [{"Name": "n", "Containers": [{}]}]}, "needs an Image"),
        ({"ModelCard": {"ModelCardContent": "no"}}, "must be a JSON object"),
    ):
        with pytest.raises(ApiError, match=said):
            group.call("UpdateModelPackage", ModelPackageArn=arn, **wrong)


def test_a_package_without_metadata_is_changed_twice(group):
    arn = register(group)
    for status in ("Rejected", "Approved"):
        group.call("UpdateModelPackage", ModelPackageArn=arn, ModelApprovalStatus=status)
    assert group.call("DescribeModelPackage", ModelPackageName=arn)["ModelApprovalStatus"] == "Approved"


def test_what_comes_from_a_package_or_a_model_holds_what_they_do(group):
    first = register(group)
    copied = register(group, InferenceSpecification=None, SourceUri=first)
    assert group.call("DescribeModelPackage", ModelPackageName=copied)["InferenceSpecification"] == SPECIFICATION
    model = group.call("CreateModel", ModelName="m", PrimaryContainer=CONTAINER)["ModelArn"]
    made = register(group, InferenceSpecification=None, SourceUri=model)
    assert group.call("DescribeModelPackage", ModelPackageName=made)["InferenceSpecification"] == {
        "Containers": [CONTAINER]
    }
    for missing in (f"{ARNS}:model-package/trees/9", f"{ARNS}:model/none"):
        with pytest.raises(ApiError, match="does not exist|Could not find model"):
            register(group, InferenceSpecification=None, SourceUri=missing)


def test_a_package_that_stands_alone_has_no_approval(house):
    arn = register(house, ModelPackageGroupName=None, ModelPackageName="n", ModelApprovalStatus="PendingManualApproval")
    assert not house.call("DescribeModelPackage", ModelPackageName=arn).get("ModelApprovalStatus")


def test_a_request_that_is_sent_twice_registers_once(group):
    assert register(group, ClientToken="t") == register(group, ClientToken="t")
    with pytest.raises(ApiError, match="ConflictException"):
        register(group, ClientToken="t", ModelPackageDescription="other")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ModelPackageName": "n"}, "either ModelPackageName or ModelPackageGroupName"),
        ({"ModelPackageGroupName": None}, "either ModelPackageName or ModelPackageGroupName"),
        ({"ModelPackageGroupName": "none"}, "ModelPackageGroup .* does not exist"),
        ({"SourceUri": "s3://bucket/x"}, "SourceUri cannot"),
        ({"Tags": [{"Key": "a", "Value": "b"}]}, "Tags cannot"),
        ({"InferenceSpecification": {"Containers": [{}]}}, "needs an Image"),
        ({"ModelCard": {"ModelCardContent": "{", "ModelCardStatus": "Draft"}}, "ModelCardContent .* JSON object"),
        ({"ModelCard": {"ModelCardContent": "[]", "ModelCardStatus": "Draft"}}, "ModelCardContent .* JSON object"),
        ({"ValidationSpecification": {"ValidationRole": "r"}}, "`ValidationSpecification` is not built"),
    ],
)
def test_packages_that_cannot_be(group, changes, said):
    with pytest.raises(ApiError, match=said):
        register(group, **changes)


def test_a_model_is_made_of_an_approved_package(group):
    arn = register(group)
    container = {"ModelPackageName": arn, "Environment": {"B": "2"}}
    with pytest.raises(ApiError, match="its approval status is PendingManualApproval"):
        group.call("CreateModel", ModelName="m", PrimaryContainer=container)
    group.call("UpdateModelPackage", ModelPackageArn=arn, ModelApprovalStatus="Approved")
    group.call("CreateModel", ModelName="m", PrimaryContainer=container)
    described = group.call("DescribeModel", ModelName="m")["PrimaryContainer"]

    assert described["Image"] == IMAGE
    assert described["ModelDataUrl"] == "s3://bucket/model/model.tar.gz"
    assert described["ModelPackageName"] == arn
    assert described["Environment"] == {"A": "1", "B": "2"}


def test_a_package_of_several_containers_makes_a_pipeline(group):
    specification = {"Containers": [CONTAINER, {**CONTAINER, "ContainerHostname": "last"}]}
    arn = register(group, InferenceSpecification=specification, ModelApprovalStatus="Approved")
    group.call("CreateModel", ModelName="m", PrimaryContainer={"ModelPackageName": arn})
    described = group.call("DescribeModel", ModelName="m")
    assert [c.get("ContainerHostname") for c in described["Containers"]] == [None, "last"]


@pytest.mark.parametrize(
    ("container", "said"),
    [
        ({"ModelPackageName": "none"}, "ModelPackage .* does not exist"),
        ({"ModelPackageName": "alone", "Image": IMAGE}, "takes its Image from the package"),
        ({"ModelPackageName": "alone", "InferenceSpecificationName": "x"}, "no inference specification `x`"),
    ],
)
def test_models_that_cannot_be_made_of_a_package(group, container, said):
    register(group, ModelPackageGroupName=None, ModelPackageName="alone")
    with pytest.raises(ApiError, match=said):
        group.call("CreateModel", ModelName="m", PrimaryContainer=container)


def test_an_unversioned_package_needs_no_approval(group):
    register(group, ModelPackageGroupName=None, ModelPackageName="alone")
    with pytest.raises(ApiError, match="ModelPackage already exists"):
        register(group, ModelPackageGroupName=None, ModelPackageName="Alone")
    group.call("CreateModel", ModelName="m", PrimaryContainer={"ModelPackageName": "alone"})
    arn = f"{ARNS}:model-package/alone"
    group.call("AddTags", ResourceArn=arn, Tags=[{"Key": "a", "Value": "b"}])
    assert group.call("ListTags", ResourceArn=arn)["Tags"] == [{"Key": "a", "Value": "b"}]
