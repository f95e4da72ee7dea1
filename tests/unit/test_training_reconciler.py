from __future__ import annotations

from sagewright.engine.steward.leases import LEASE_S
from sagewright.engine.steward.sweep import sweep
from tests.unit.conftest import training_request

MODEL = "s3://bucket/out/job/output/model.tar.gz"


def create(house, name="job", **changes):
    house.call("CreateTrainingJob", **training_request(name, **changes))
    house.tick()


def describe(house, name="job"):
    return house.call("DescribeTrainingJob", TrainingJobName=name)


def execution(house, name="job"):
    return house.parts.state.get("training-job", "123456789012/us-east-1", name).body["execution_id"]


def statuses(job):
    return [transition["Status"] for transition in job["SecondaryStatusTransitions"]]


def test_a_job_walks_through_its_life(house):
    create(house)
    for phase in ("Downloading", "Training"):
        house.parts.clock.sleep(5)
        house.executor.enter(execution(house), phase)
        house.tick()
        assert describe(house)["SecondaryStatus"] == phase
    house.parts.clock.sleep(60)
    house.executor.enter(execution(house), "Uploading")
    ran = execution(house)
    house.executor.finish(ran, artifacts={"model": MODEL}, metrics={"loss": [0.5, 1.0]})
    house.tick()

    job = describe(house)
    assert job["TrainingJobStatus"] == "Completed"
    assert statuses(job) == ["Starting", "Downloading", "Training", "Uploading", "Completed"]
    assert job["ModelArtifacts"]["S3ModelArtifacts"] == MODEL
    assert job["FinalMetricDataList"] == [{"MetricName": "loss", "Value": 0.5, "Timestamp": 1}]
    assert job["TrainingTimeInSeconds"] == job["BillableTimeInSeconds"] == 60
    assert house.executor.released == [ran]


def test_a_failure_s_reason_is_kept(house):
    create(house)
    house.executor.enter(execution(house), "Downloading", "Training")
    house.executor.finish(execution(house), exit_code=1, reason="AlgorithmError: ValueError, exit code: 1\nhint: x")
    house.tick()

    job = describe(house)
    assert job["TrainingJobStatus"] == "Failed"
    assert job["FailureReason"] == "AlgorithmError: ValueError, exit code: 1\nhint: x"


def test_a_host_that_dies_fails_the_job_with_a_reason(house):
    create(house)
    house.executor.die(execution(house))
    house.tick()

    assert describe(house)["FailureReason"].startswith("InternalServerError: ")


def test_a_host_that_dies_is_tried_again_where_the_job_asks_for_it(house):
    create(house, RetryStrategy={"MaximumRetryAttempts": 1})
    first = execution(house)
    house.executor.enter(first, "Downloading", "Training")
    house.tick()
    house.executor.die(first)
    house.tick()
    house.tick()

    second = execution(house)
    assert second != first
    assert first in house.executor.released
    assert second in house.executor.plans
    house.executor.die(second)
    house.tick()
    assert describe(house)["TrainingJobStatus"] == "Failed"


def test_a_stop_is_passed_on_once_and_ends_in_stopped(house):
    create(house)
    house.call("StopTrainingJob", TrainingJobName="job")
    house.tick()
    assert house.executor.stopped == {execution(house): 120.0}
    house.executor.finish(execution(house), stopped="order", exit_code=-15, artifacts={"model": MODEL})
    house.tick()

    job = describe(house)
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "Stopped")
    assert job["ModelArtifacts"]["S3ModelArtifacts"] == MODEL


def test_running_out_of_time_has_its_own_end(house):
    create(house)
    house.executor.enter(execution(house), "Downloading", "Training")
    house.executor.finish(execution(house), stopped="max-runtime", exit_code=-15)
    house.tick()

    job = describe(house)
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "MaxRuntimeExceeded")


def test_jobs_wait_their_turn_when_the_machine_is_full(house):
    for name in ("a", "b", "c"):  # 2 CPUs each, on a machine of 4
        create(house, name)
    assert len(house.executor.plans) == 2
    assert describe(house, "c")["SecondaryStatus"] == "Pending"

    house.executor.finish(execution(house, "a"))
    house.tick()
    house.tick()

    assert execution(house, "c") in house.executor.plans
    assert statuses(describe(house, "c")) == ["Starting", "Pending", "Starting"]


def test_a_job_that_only_uploads_makes_room(house):
    for name in ("a", "b", "c"):
        create(house, name)
    house.executor.enter(execution(house, "a"), "Downloading", "Training", "Uploading")
    house.tick()

    assert execution(house, "c") in house.executor.plans


def test_a_job_larger_than_the_machine_gets_all_of_it(house):
    resources = {"InstanceType": "ml.m5.24xlarge", "InstanceCount": 1, "VolumeSizeInGB": 1}
    create(house, "small")
    create(house, "big", ResourceConfig=resources)
    assert describe(house, "big")["SecondaryStatus"] == "Pending"

    house.executor.finish(execution(house, "small"))
    house.tick()
    house.tick()

    assert execution(house, "big") in house.executor.plans


def test_a_job_stopped_while_it_waits_never_runs(house):
    for name in ("a", "b", "c"):
        create(house, name)
    house.call("StopTrainingJob", TrainingJobName="c")
    house.executor.finish(execution(house, "a"))
    house.tick()
    house.tick()

    assert describe(house, "c")["TrainingJobStatus"] == "Stopped"
    assert len(house.executor.plans) == 1


def test_the_next_steward_goes_on_where_the_last_one_was_killed(house):
    create(house)
    ran = execution(house)
    house.executor.enter(ran, "Downloading", "Training", "Uploading")
    house.executor.finish(ran, artifacts={"model": MODEL})
    house.parts.clock.sleep(LEASE_S + 1)

    house.another_steward().tick()

    assert describe(house)["TrainingJobStatus"] == "Completed"


def test_a_job_that_another_steward_holds_is_left_alone(house):
    create(house)
    house.executor.finish(execution(house))

    house.another_steward().tick()

    assert describe(house)["TrainingJobStatus"] == "InProgress"


def test_an_attempt_written_down_but_never_started_is_started(house):
    create(house)
    ran = execution(house)
    house.executor.release(ran)  # as if the steward had died before it started anything
    house.tick()

    assert ran in house.executor.plans


def test_executions_that_no_record_names_are_swept(house):
    create(house)
    orphan = "tr-orphan"
    house.executor.start(house.executor.plans[execution(house)].__class__(orphan, "python", []))
    sweep(house.parts.state, house.executor)

    assert house.executor.released == [orphan]
