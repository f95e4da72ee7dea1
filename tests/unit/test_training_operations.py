from __future__ import annotations

import pytest

from sagewright.vocabulary.errors import ApiError
from tests.unit.conftest import ACCOUNT, IMAGE, channel, training_request

EFS = {
    "FileSystemDataSource": {
        "FileSystemId": "fs-01234567890",
        "FileSystemAccessMode": "ro",
        "FileSystemType": "EFS",
        "DirectoryPath": "/",
    }
}
ARN = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:training-job/job"


def source(InputMode="File", **members):
    """Return a channel with more members of its S3 source."""
    made = channel(InputMode=InputMode)
    return {**made, "DataSource": {"S3DataSource": {**made["DataSource"]["S3DataSource"], **members}}}


def test_a_new_job_is_described_as_the_service_does(house):
    assert house.call("CreateTrainingJob", **training_request(HyperParameters={"epochs": "2"})) == {
        "TrainingJobArn": ARN
    }

    job = house.call("DescribeTrainingJob", TrainingJobName="job")

    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("InProgress", "Starting")
    assert job["TrainingJobArn"] == ARN
    assert job["HyperParameters"] == {"epochs": "2"}
    assert job["ModelArtifacts"] == {"S3ModelArtifacts": "s3://bucket/out/job/output/model.tar.gz"}
    assert job["OutputDataConfig"] == {"S3OutputPath": "s3://bucket/out", "KmsKeyId": "", "CompressionType": "GZIP"}
    assert [t["Status"] for t in job["SecondaryStatusTransitions"]] == ["Starting"]
    assert {d["Name"] for d in job["AlgorithmSpecification"]["MetricDefinitions"]} >= {"validation:objective_loss"}
    assert "FailureReason" not in job
    assert "TrainingEndTime" not in job


def test_a_name_is_used_once_and_for_ever(house):
    house.call("CreateTrainingJob", **training_request())
    with pytest.raises(ApiError) as caught:
        house.call("CreateTrainingJob", **training_request())

    assert caught.value.code == "ResourceInUse"
    assert caught.value.message == (
        "Training job names must be unique within an AWS account and region, and a training job with this name "
        f"already exists ({ARN})"
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"InputDataConfig": [channel(uri="s3://bucket/none/")]},
            'No S3 objects found under S3 URL "s3://bucket/none/"',
        ),
        ({"InputDataConfig": [channel(uri="s3://nowhere/x")]}, 'No S3 objects found under S3 URL "s3://nowhere/x"'),
        (
            {"ResourceConfig": {"InstanceType": "ml.g7.2xlarge", "InstanceCount": 1, "VolumeSizeInGB": 1}},
            "The instance type `ml.g7.2xlarge` is not built yet",
        ),
        ({"InputDataConfig": [channel(), channel()]}, "The channel name `train` is used more than once"),
        ({"InputDataConfig": [source(S3DataType="Converse")]}, "S3DataType Converse` is not built"),
        ({"InputDataConfig": [{**channel(), "DataSource": EFS}]}, "DataSource.FileSystemDataSource` is not built"),
        ({"InputDataConfig": [channel(RecordWrapperType="RecordIO")]}, "RecordIO is only supported in Pipe"),
        ({"InputDataConfig": [source(S3DataType="ManifestFile", InputMode="FastFile")]}, "only supports S3DataType"),
        ({"InputDataConfig": [source(AttributeNames=["a"])]}, "AttributeNames are only supported with"),
        ({"InputDataConfig": [source(S3DataType="AugmentedManifestFile", AttributeNames=["a"])]}, "is only supported"),
        ({"InputDataConfig": [source(S3DataType="AugmentedManifestFile", InputMode="Pipe")]}, "needs AttributeNames"),
        ({"OutputDataConfig": {"S3OutputPath": "s3://nowhere/out"}}, "The bucket `nowhere` of OutputDataConfig"),
        (
            {"AlgorithmSpecification": {"TrainingImage": "x/kmeans:1", "TrainingInputMode": "File"}},
            "The image `x/kmeans:1`",
        ),
        ({"AlgorithmSpecification": {"TrainingImage": "python", "TrainingInputMode": "File"}}, "ContainerEntrypoint"),
        ({"CheckpointConfig": {"S3Uri": "s3://none/c"}}, "The bucket `none` of CheckpointConfig.S3Uri"),
        ({"CheckpointConfig": {"S3Uri": "s3://bucket/c", "LocalPath": "/tmp/c"}}, "`/tmp/c` does not lie below"),
        ({"Environment": {"SAGEWRIGHT_INTERRUPT_AFTER_S": "2"}}, "EnableManagedSpotTraining is ever interrupted"),
        ({"ResourceConfig": {"InstanceCount": 1, "VolumeSizeInGB": 1}}, "Value null at 'resourceConfig.instanceType'"),
    ],
)
def test_what_cannot_work_is_refused_before_anything_starts(house, changes, said):
    with pytest.raises(ApiError) as caught:
        house.call("CreateTrainingJob", **training_request(**changes))

    assert caught.value.code == "ValidationException"
    assert said in caught.value.message
    assert house.call("ListTrainingJobs") == {"TrainingJobSummaries": []}


def test_a_library_that_is_not_installed_is_told_before_anything_starts(house, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ApiError, match="needs the library `numpy`") as caught:
        house.call("CreateTrainingJob", **training_request())
    assert caught.value.message.endswith("hint: pip install 'sagewright[local]'")


def test_an_unknown_job_is_not_found(house):
    for operation in ("DescribeTrainingJob", "StopTrainingJob"):
        with pytest.raises(ApiError, match="^ValidationException: Requested resource not found.$"):
            house.call(operation, TrainingJobName="none")


def test_jobs_are_listed_in_pages_and_by_what_is_asked(house):
    for number in range(5):
        house.call("CreateTrainingJob", **training_request(f"job-{number}"))
        house.parts.clock.sleep(1)

    page = house.call("ListTrainingJobs", MaxResults=2)
    rest = house.call("ListTrainingJobs", MaxResults=9, NextToken=page["NextToken"])
    names = [summary["TrainingJobName"] for summary in page["TrainingJobSummaries"] + rest["TrainingJobSummaries"]]

    assert names == [f"job-{number}" for number in range(5)]
    assert "NextToken" not in rest
    newest = house.call("ListTrainingJobs", SortOrder="Descending", MaxResults=1)
    assert newest["TrainingJobSummaries"][0]["TrainingJobName"] == "job-4"
    assert [s["TrainingJobName"] for s in house.call("ListTrainingJobs", NameContains="3")["TrainingJobSummaries"]] == [
        "job-3"
    ]
    assert house.call("ListTrainingJobs", StatusEquals="Failed") == {"TrainingJobSummaries": []}
    with pytest.raises(ApiError, match="NextToken"):
        house.call("ListTrainingJobs", NextToken="made up")


def test_tags_of_the_request_are_kept(house):
    house.call("CreateTrainingJob", **training_request(Tags=[{"Key": "k", "Value": "v"}]))

    assert house.call("ListTags", ResourceArn=ARN)["Tags"] == [{"Key": "k", "Value": "v"}]
    assert "Tags" not in house.call("DescribeTrainingJob", TrainingJobName="job")


def test_stopping_a_job_that_has_ended_is_refused(house):
    house.call("CreateTrainingJob", **training_request())
    house.call("StopTrainingJob", TrainingJobName="job")
    assert house.call("DescribeTrainingJob", TrainingJobName="job")["TrainingJobStatus"] == "Stopping"
    house.call("StopTrainingJob", TrainingJobName="job")  # twice is once
    house.tick()

    with pytest.raises(ApiError) as caught:
        house.call("StopTrainingJob", TrainingJobName="job")
    assert caught.value.message == "The request was rejected because the training job is in status Stopped"


@pytest.mark.parametrize(("regex", "said"), [("(", "is not a regular expression"), ("loss=.*", "has no group")])
def test_a_metric_that_could_never_be_found_is_refused(house, regex, said):
    metrics = [{"Name": "loss", "Regex": regex}]
    specification = {"TrainingImage": IMAGE, "TrainingInputMode": "File", "MetricDefinitions": metrics}
    with pytest.raises(ApiError, match=said):
        house.call("CreateTrainingJob", **training_request(AlgorithmSpecification=specification))


def test_a_job_that_has_ended_can_be_deleted_and_its_name_used_again(house):
    house.call("CreateTrainingJob", **training_request(Tags=[{"Key": "k", "Value": "v"}]))
    with pytest.raises(ApiError, match="ResourceInUse"):
        house.call("DeleteTrainingJob", TrainingJobName="job")
    house.call("StopTrainingJob", TrainingJobName="job")
    house.tick()
    house.call("DeleteTrainingJob", TrainingJobName="job")
    with pytest.raises(ApiError, match="ResourceNotFound"):
        house.call("DeleteTrainingJob", TrainingJobName="job")
    assert house.call("ListTrainingJobs") == {"TrainingJobSummaries": []}
    house.call("CreateTrainingJob", **training_request())
    assert house.call("ListTags", ResourceArn=ARN)["Tags"] == []


def test_of_a_job_under_way_the_profiler_can_be_updated_and_nothing_else(house):
    house.call("CreateTrainingJob", **training_request(ProfilerConfig={"S3OutputPath": "s3://bucket/p"}))
    update = {"TrainingJobName": "job"}
    assert house.call("UpdateTrainingJob", **update, ProfilerConfig={"DisableProfiler": True}) == {
        "TrainingJobArn": ARN
    }
    config = house.call("DescribeTrainingJob", TrainingJobName="job")["ProfilerConfig"]
    assert config == {"S3OutputPath": "s3://bucket/p", "DisableProfiler": True}
    for changes in (
        {"ResourceConfig": {"KeepAlivePeriodInSeconds": 60}},
        {"RemoteDebugConfig": {"EnableRemoteDebug": True}},
        {"ProfilerRuleConfigurations": [{"RuleConfigurationName": "r", "RuleEvaluatorImage": "i"}]},
    ):
        with pytest.raises(ApiError, match="ValidationException"):
            house.call("UpdateTrainingJob", **update, **changes)
    house.call("StopTrainingJob", TrainingJobName="job")
    with pytest.raises(ApiError, match="it is in status Stopping"):
        house.call("UpdateTrainingJob", **update, ProfilerConfig={"DisableProfiler": False})


def test_jobs_are_found_by_times_and_sorted(house):
    for name in ("b", "a"):
        house.call("CreateTrainingJob", **training_request(name))
        house.parts.clock.sleep(100)
    house.call("StopTrainingJob", TrainingJobName="b")

    def names(**query):
        return [s["TrainingJobName"] for s in house.call("ListTrainingJobs", **query)["TrainingJobSummaries"]]

    created = house.call("DescribeTrainingJob", TrainingJobName="a")["CreationTime"]
    assert names(CreationTimeAfter=created) == ["a"]
    assert names(CreationTimeBefore=created - 1) == ["b"]
    assert names(LastModifiedTimeAfter=created + 50) == ["b"]
    assert names(SortBy="Name") == ["a", "b"]
    assert names(SortBy="Status", SortOrder="Descending") == ["b", "a"]
    assert names(StatusEquals="InProgress") == ["a"]
    assert names(WarmPoolStatusEquals="Available") == []


def test_the_interrupting_tag_interrupts_and_is_not_kept(house):
    limits = {"MaxRuntimeInSeconds": 100, "MaxWaitTimeInSeconds": 200}
    interrupting = [{"Key": "sagewright:interrupt", "Value": "now"}]
    house.call("CreateTrainingJob", **training_request(EnableManagedSpotTraining=True, StoppingCondition=limits))
    with pytest.raises(ApiError, match="in status Starting"):
        house.call("AddTags", ResourceArn=ARN, Tags=interrupting)
    house.tick()
    (execution,) = house.executor.plans
    house.executor.enter(execution, "Downloading", "Training")
    house.tick()
    assert house.call("AddTags", ResourceArn=ARN, Tags=interrupting) == {"Tags": []}
    house.tick()
    assert house.call("DescribeTrainingJob", TrainingJobName="job")["SecondaryStatus"] == "Interrupted"
    assert house.executor.reasons == {execution: "interruption"}


def test_the_job_s_image_is_what_was_asked_for(house):
    house.call("CreateTrainingJob", **training_request())

    job = house.call("DescribeTrainingJob", TrainingJobName="job")
    assert job["AlgorithmSpecification"]["TrainingImage"] == IMAGE
