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
    assert job["TrainingTimeInSeconds"] == job["BillableTimeInSeconds"] == 65
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


SPOT = {
    "EnableManagedSpotTraining": True,
    "StoppingCondition": {"MaxRuntimeInSeconds": 100, "MaxWaitTimeInSeconds": 200},
}


def train(house, seconds, name="job"):
    """Let the job's present attempt train for a while."""
    house.tick()
    house.executor.enter(execution(house, name), "Downloading", "Training")
    house.tick()
    house.parts.clock.sleep(seconds)


def test_a_spot_job_is_interrupted_and_goes_on(house):
    create(house, **SPOT, Environment={"SAGEWRIGHT_INTERRUPT_AFTER_S": "30"})
    train(house, 31)
    house.tick()
    first = execution(house)
    assert describe(house)["SecondaryStatus"] == "Interrupted"
    assert house.executor.reasons == {first: "interruption"}
    house.executor.finish(first, stopped="interruption")
    house.tick()
    assert describe(house)["SecondaryStatus"] == "Starting"
    house.parts.clock.sleep(100)  # until there is room again
    train(house, 20)
    assert execution(house) != first
    house.executor.finish(execution(house))
    house.tick()

    job = describe(house)
    assert job["TrainingJobStatus"] == "Completed"
    assert (job["TrainingTimeInSeconds"], job["BillableTimeInSeconds"]) == (151, 51)


def test_a_spot_job_that_was_done_when_the_notice_came_is_done(house):
    create(house, **SPOT, Environment={"SAGEWRIGHT_INTERRUPT_AFTER_S": "30"})
    train(house, 31)
    house.tick()
    house.executor.finish(execution(house), artifacts={"model": MODEL})
    house.tick()
    assert describe(house)["TrainingJobStatus"] == "Completed"


def test_all_attempts_together_may_take_the_run_time_and_no_more(house):
    create(house, **SPOT, Environment={"SAGEWRIGHT_INTERRUPT_AFTER_S": "30,60"})
    train(house, 40)
    house.tick()
    house.executor.finish(execution(house), stopped="interruption")
    house.tick()
    house.tick()
    assert house.executor.plans[execution(house)].hosts[0].max_runtime_s == 60
    train(house, 70)
    house.tick()
    house.executor.finish(execution(house), stopped="interruption")
    house.tick()
    assert describe(house)["SecondaryStatus"] == "MaxRuntimeExceeded"


def test_a_job_that_is_stopped_while_it_is_interrupted_is_stopped(house):
    create(house, **SPOT, Environment={"SAGEWRIGHT_INTERRUPT_AFTER_S": "30"})
    train(house, 31)
    house.tick()
    house.call("StopTrainingJob", TrainingJobName="job")
    house.tick()
    house.executor.finish(execution(house), stopped="order")
    house.tick()
    assert describe(house)["SecondaryStatus"] == "Stopped"


def test_a_spot_job_that_takes_too_long_in_all_has_its_own_end(house):
    create(house, **SPOT)
    house.parts.clock.sleep(150)
    train(house, 60)
    house.tick()
    assert describe(house)["SecondaryStatus"] == "Stopping"
    house.executor.finish(execution(house), stopped="order", artifacts={"model": MODEL})
    house.tick()
    assert describe(house)["SecondaryStatus"] == "MaxWaitTimeExceeded"


def test_waiting_for_one_s_turn_has_limits(house):
    gpu = {"InstanceType": "ml.p3.2xlarge", "InstanceCount": 1, "VolumeSizeInGB": 1}
    create(house, "large", ResourceConfig={**gpu, "InstanceType": "ml.m5.24xlarge"})
    create(house, "spot", **SPOT)
    pending = {"MaxRuntimeInSeconds": 10, "MaxPendingTimeInSeconds": 1800}
    create(house, "pending", ResourceConfig=gpu, StoppingCondition=pending)
    create(house, "patient", StoppingCondition=pending)  # the limit is for accelerated instances
    house.parts.clock.sleep(201)
    house.tick()
    assert describe(house, "spot")["SecondaryStatus"] == "MaxWaitTimeExceeded"
    house.parts.clock.sleep(1800)
    house.tick()
    assert describe(house, "pending")["SecondaryStatus"] == "Stopped"
    assert "MaxPendingTimeInSeconds" in describe(house, "pending")["SecondaryStatusTransitions"][-1]["StatusMessage"]
    assert describe(house, "patient")["TrainingJobStatus"] == "InProgress"


def test_an_error_of_the_platform_s_own_is_tried_again_and_one_of_the_program_is_not(house):
    create(house, RetryStrategy={"MaximumRetryAttempts": 3})
    first = execution(house)
    house.executor.finish(first, exit_code=None, reason="InternalServerError: OSError: disk")
    house.tick()
    house.tick()
    assert execution(house) != first
    house.executor.finish(execution(house), exit_code=1, reason="AlgorithmError: , exit code: 1")
    house.tick()
    assert describe(house)["TrainingJobStatus"] == "Failed"


def test_executions_that_no_record_names_are_swept(house):
    create(house)
    orphan = "tr-orphan"
    house.executor.start(house.executor.plans[execution(house)].__class__(orphan, "python", []))
    sweep(house.parts.state, house.executor)

    assert house.executor.released == [orphan]
