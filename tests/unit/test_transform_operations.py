"""Transform jobs: what is accepted, what is planned, and what the steward makes of it."""

from __future__ import annotations

import json

import pytest

from sagewright.engine.lifecycle import transform as lifecycle
from sagewright.engine.planning.document import HostDocument
from sagewright.engine.planning.transform import plan_transform
from sagewright.engine.steward.capacity import ledger_of
from sagewright.engine.steward.sweep import sweep
from sagewright.engine.steward.training import TrainingReconciler
from sagewright.engine.steward.transform import TransformReconciler
from sagewright.vocabulary.errors import ApiError
from tests.unit.conftest import ACCOUNT, IMAGE, training_request

ARN = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:transform-job/t"
CONTAINER = {"Image": IMAGE, "ModelDataUrl": "s3://bucket/model/model.tar.gz", "Environment": {"A": "model", "B": "b"}}
SCOPE = f"{ACCOUNT}/us-east-1"


def request(name="t", **changes):
    return {"TransformJobName": name, "ModelName": "m", **parts_of(), **changes}


def parts_of(kind="S3Prefix", uri="s3://bucket/train/", source=None, output=None, **resources):
    data = {"DataSource": {"S3DataSource": {"S3DataType": kind, "S3Uri": uri}}}
    return {
        "TransformInput": {**data, **(source or {})},
        "TransformOutput": {"S3OutputPath": "s3://bucket/out", **(output or {})},
        "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1, **resources},
    }


CSV_PARTS = parts_of(
    source={"ContentType": "text/csv", "SplitType": "Line"}, output={"Accept": "text/csv", "AssembleWith": "Line"}
)


class Hall:
    """The house with a steward for transform jobs beside that for training jobs, on one ledger."""

    def __init__(self, house):
        self.parts, self.call, self.executor = house.parts, house.call, house.executor
        ledger = ledger_of(house.executor.capabilities())
        self.training = TrainingReconciler(house.parts, house.executor, "one", ledger)
        self.steward = TransformReconciler(house.parts, house.executor, "one", ledger)

    def tick(self, times=1):
        for _ in range(times):
            self.training.tick()
            self.steward.tick()

    def create(self, name="t", **changes):
        self.call("CreateTransformJob", **request(name, **changes))
        self.tick()

    def describe(self, name="t"):
        return self.call("DescribeTransformJob", TransformJobName=name)

    def executions(self, name="t"):
        body = self.parts.state.get("transform-job", SCOPE, name).body
        return [item["execution_id"] for item in body["instances"]]


@pytest.fixture
def hall(house):
    house.call("CreateModel", ModelName="m", PrimaryContainer=CONTAINER, ExecutionRoleArn="arn:aws:iam::1:role/r")
    return Hall(house)


def test_a_new_job_is_described_with_what_the_service_fills_in(hall):
    assert hall.call("CreateTransformJob", **request(Tags=[{"Key": "k", "Value": "v"}])) == {"TransformJobArn": ARN}
    job = hall.describe()

    assert job["TransformJobStatus"] == "InProgress"
    assert job["TransformInput"]["SplitType"] == job["TransformInput"]["CompressionType"] == "None"
    assert job["TransformOutput"] == {"AssembleWith": "None", "KmsKeyId": "", "S3OutputPath": "s3://bucket/out"}
    assert job["DataProcessing"] == {"InputFilter": "$", "OutputFilter": "$", "JoinSource": "None"}
    assert "TransformStartTime" not in job
    assert "Tags" not in job
    assert hall.call("ListTags", ResourceArn=ARN)["Tags"] == [{"Key": "k", "Value": "v"}]
    with pytest.raises(ApiError, match="Job name must be unique within an AWS account") as caught:
        hall.call("CreateTransformJob", **request())
    assert caught.value.code == "ResourceInUse"


def test_the_newest_job_is_listed_first(hall):
    for number in range(12):
        hall.parts.clock.sleep(1)
        hall.call("CreateTransformJob", **request(f"t{number}"))
    page = hall.call("ListTransformJobs")

    assert [job["TransformJobName"] for job in page["TransformJobSummaries"]] == [f"t{n}" for n in range(11, 1, -1)]
    rest = hall.call("ListTransformJobs", NextToken=page["NextToken"], SortOrder="Descending")
    assert [job["TransformJobName"] for job in rest["TransformJobSummaries"]] == ["t1", "t0"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ModelName": "none"}, f'Could not find model "arn:aws:sagemaker:us-east-1:{ACCOUNT}:model/none"'),
        (parts_of(uri="s3://bucket/none"), 'No S3 objects found under S3 URL "s3://bucket/none"'),
        (parts_of(uri="s3://bucket/train", kind="ManifestFile"), "No S3 objects found"),
        (parts_of(kind="AugmentedManifestFile"), "S3DataType AugmentedManifestFile` is not built"),
        (parts_of(output={"S3OutputPath": "s3://nowhere/out"}), "The bucket `nowhere` of TransformOutput.S3OutputPath"),
        (parts_of(InstanceCount=101), "at most 100 hosts"),
        ({"DataCaptureConfig": {"DestinationS3Uri": "s3://nowhere/x"}}, "of DataCaptureConfig.DestinationS3Uri"),
        ({"ExperimentConfig": {"TrialName": "x"}}, "`ExperimentConfig` is not built"),
        ({"MaxPayloadInMB": 101}, "MaxPayloadInMB 101 is greater than 100"),
        ({"MaxPayloadInMB": 10, "MaxConcurrentTransforms": 11}, "11 * 10 = 110 MB"),
        ({"DataProcessing": {"InputFilter": "a"}}, "InputFilter `a` is not a supported JSONPath: it does not begin"),
        ({"DataProcessing": {"InputFilter": "$.a"}}, "ContentType is `None`; it must be one of text/csv"),
        ({**CSV_PARTS, "DataProcessing": {"OutputFilter": "$.a"}}, "OutputFilter `$.a` selects no columns"),
        (
            {
                **parts_of(source={"ContentType": "text/csv", "SplitType": "Line"}, output={"AssembleWith": "Line"}),
                "DataProcessing": {"JoinSource": "Input"},
                "TransformOutput": {"S3OutputPath": "s3://bucket/o", "Accept": "application/json"},
            },
            "Accept `application/json` is not the same",
        ),
        (
            {
                **parts_of(source={"ContentType": "text/csv"}, output={"AssembleWith": "Line"}),
                "DataProcessing": {"JoinSource": "Input"},
            },
            "TransformInput.SplitType is `None`; for text/csv it must be Line",
        ),
    ],
)
def test_what_cannot_work_is_refused(hall, changes, said):
    with pytest.raises(ApiError) as caught:
        hall.call("CreateTransformJob", **request(**changes))
    assert caught.value.code == "ValidationException"
    assert said in caught.value.message


def test_the_table_knows_every_status_and_its_ends():
    assert {status for to in lifecycle.MOVES.values() for status in to} <= set(lifecycle.MOVES)
    assert {status for status, to in lifecycle.MOVES.items() if not to} == lifecycle.ENDS
    with pytest.raises(lifecycle.IllegalMove):
        lifecycle.move({"status": "Completed"}, "Stopping", 0.0)


def test_an_instance_has_its_servers_and_a_client_that_comes_last(hall):
    hall.create(
        **CSV_PARTS,
        BatchStrategy="SingleRecord",
        MaxPayloadInMB=2,
        Environment={"A": "job"},
        ModelClientConfig={"InvocationsTimeoutInSeconds": 5, "InvocationsMaxRetries": 0},
        DataProcessing={"InputFilter": "$[1:]", "JoinSource": "Input"},
        DataCaptureConfig={"DestinationS3Uri": "s3://bucket/c/", "GenerateInferenceId": True},
    )
    (execution_id,) = hall.executions()
    server, client = hall.executor.plans[execution_id].hosts

    assert (server.host, client.host) == ("algo-1", "batch-2")
    assert server.server is not None
    assert client.log_stream == f"{server.log_stream}/data-log"
    said = {name: value for name, value in server.environment.items() if name.startswith("SAGEMAKER_B")}
    assert said == {"SAGEMAKER_BATCH": "true", "SAGEMAKER_BATCH_STRATEGY": "SINGLE_RECORD"}
    assert server.environment["SAGEMAKER_MAX_PAYLOAD_IN_MB"] == "2"
    assert "SAGEMAKER_MAX_CONCURRENT_TRANSFORMS" not in server.environment
    assert (server.environment["A"], server.environment["B"]) == ("job", "b")
    assert server.environment["TRANSFORM_JOB_ARN"] == ARN
    batch = client.batch
    assert batch is not None
    assert (batch.bucket, batch.prefix, batch.output_prefix, batch.servers) == ("bucket", "train/", "out/", ["algo-1"])
    assert (batch.timeout_s, batch.max_retries, batch.single, batch.join) == (5.0, 0, True, True)
    assert HostDocument.from_json(json.loads(json.dumps(client.to_json()))).batch == batch


def test_a_job_completes_when_every_client_is_done_and_every_server_has_ended(hall):
    hall.create(**parts_of(InstanceCount=2))
    first, second = hall.executions()
    hall.executor.finish_host(first, "batch-2")
    hall.tick()
    assert hall.executor.stopped == {}
    hall.executor.finish_host(second, "batch-2")
    hall.tick(2)
    assert hall.executor.stopped == {first: 10.0, second: 10.0}
    assert hall.describe()["TransformJobStatus"] == "InProgress"

    for execution_id in (first, second):
        hall.executor.finish_host(execution_id, "algo-1", stopped="order")
    hall.parts.clock.sleep(5)
    hall.tick()
    job = hall.describe()
    assert job["TransformJobStatus"] == "Completed"
    assert (job["TransformEndTime"] - job["TransformStartTime"]) == 5
    assert hall.executor.released == [first, second]


def test_the_first_failure_of_an_instance_is_the_job_s(hall):
    hall.create()
    (execution_id,) = hall.executions()
    hall.executor.finish_host(execution_id, "batch-2", reason="ClientError: See job logs for more information")
    hall.executor.finish_host(execution_id, "algo-1", stopped="order")
    hall.tick()

    assert hall.describe()["FailureReason"] == "ClientError: See job logs for more information"
    (summary,) = hall.call("ListTransformJobs", StatusEquals="Failed")["TransformJobSummaries"]
    assert summary["FailureReason"].startswith("ClientError")


def test_an_instance_that_dies_ends_the_others(hall):
    hall.create(**parts_of(InstanceCount=2))
    first, second = hall.executions()
    hall.executor.die(first)
    hall.tick()
    assert set(hall.executor.stopped) == {first, second}
    hall.executor.finish(second, stopped="order")
    hall.tick()

    assert hall.describe()["FailureReason"].startswith("InternalServerError: ")


def test_a_stop_ends_in_stopped_whatever_the_client_has_done(hall):
    hall.create()
    (execution_id,) = hall.executions()
    hall.call("StopTransformJob", TransformJobName="t")
    assert hall.describe()["TransformJobStatus"] == "Stopping"
    hall.call("StopTransformJob", TransformJobName="t")
    hall.tick()
    assert hall.executor.stopped == {execution_id: 10.0}
    hall.executor.finish(execution_id, stopped="order")
    hall.tick()

    assert hall.describe()["TransformJobStatus"] == "Stopped"
    with pytest.raises(ApiError, match="because the transform job is in status Stopped"):
        hall.call("StopTransformJob", TransformJobName="t")
    with pytest.raises(ApiError, match="Could not find job to update with name: none"):
        hall.call("StopTransformJob", TransformJobName="none")
    with pytest.raises(ApiError, match="Could not find requested job with name: none"):
        hall.describe("none")


def test_jobs_of_all_kinds_wait_for_the_same_machine(hall):
    hall.call("CreateTrainingJob", **training_request())
    hall.create(**parts_of(InstanceType="ml.m5.xlarge"))  # 4 CPUs, of which the training job has 2
    assert hall.executions() == []
    hall.parts.clock.sleep(1)
    hall.call("CreateTransformJob", **request("behind"))
    hall.tick()
    assert hall.executions("behind") == []  # first come, first served

    hall.call("StopTransformJob", TransformJobName="t")
    hall.tick()
    assert hall.describe()["TransformJobStatus"] == "Stopped"
    assert len(hall.executions("behind")) == 1


def test_the_next_steward_starts_what_was_only_written_down_and_keeps_what_runs(hall):
    hall.create()
    (execution_id,) = hall.executions()
    sweep(hall.parts.state, hall.executor)
    assert hall.executor.released == []
    hall.executor.release(execution_id)
    Hall(hall).tick()
    assert hall.executor.plans[execution_id] == plan_transform(
        hall.parts.state.get("transform-job", SCOPE, "t").body, 0, {}
    )
