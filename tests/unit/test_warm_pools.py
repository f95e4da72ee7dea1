from __future__ import annotations

import os
import sys

import pytest

from sagewright.engine.lifecycle import warm_pool
from sagewright.engine.warm import checks, keeping
from sagewright.vocabulary.errors import ApiError
from tests.unit.conftest import training_request
from tests.unit.test_training_reconciler import create, describe, execution

POOL = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1, "KeepAlivePeriodInSeconds": 600}


def end(house, name="job", **outcome):
    house.executor.finish(execution(house, name), interpreter=f"of-{name}", **outcome)
    house.tick()


def pool(house, name="job"):
    return describe(house, name).get("WarmPoolStatus")


def named(house, status):
    found = house.call("ListTrainingJobs", WarmPoolStatusEquals=status)["TrainingJobSummaries"]
    return [job["TrainingJobName"] for job in found]


def test_a_pool_goes_from_job_to_job(house):
    create(house, "a", ResourceConfig=POOL)
    assert pool(house, "a") == {"Status": "InUse"}
    end(house, "a")
    assert pool(house, "a") == {"Status": "Available", "ResourceRetainedBillableTimeInSeconds": 0}
    assert describe(house, "a")["SecondaryStatusTransitions"][-1]["StatusMessage"] == "Resource retained for reuse"
    house.parts.clock.sleep(100)

    create(house, "b", ResourceConfig=POOL)
    assert pool(house, "a") == {
        "Status": "Reused",
        "ResourceRetainedBillableTimeInSeconds": 100,
        "ReusedByJob": "b",
    }
    message = describe(house, "a")["SecondaryStatusTransitions"][-1]["StatusMessage"]
    assert message == "Resource reused by training job: b"
    assert house.executor.plans[execution(house, "b")].hosts[0].warm.interpreter == "of-a"
    assert pool(house, "b") == {"Status": "InUse"}
    end(house, "b", reason="AlgorithmError: x, exit code: 1", exit_code=1)
    assert pool(house, "b")["Status"] == "Available"
    assert (named(house, "Available"), named(house, "Reused"), named(house, "InUse")) == (["b"], ["a"], [])


def test_a_pool_ends_when_its_time_is_over(house):
    create(house, ResourceConfig=POOL)
    end(house)
    house.parts.clock.sleep(700)
    assert pool(house) == {"Status": "Terminated", "ResourceRetainedBillableTimeInSeconds": 600}  # nobody has looked
    create(house, "late", ResourceConfig=POOL)
    assert house.executor.plans[execution(house, "late")].hosts[0].warm.interpreter == ""
    assert pool(house) == {"Status": "Terminated", "ResourceRetainedBillableTimeInSeconds": 600}
    message = describe(house)["SecondaryStatusTransitions"][-1]["StatusMessage"]
    assert message == "Resource released due to keep alive period expiry"


@pytest.mark.parametrize(
    "change",
    [
        {"RoleArn": "arn:aws:iam::123456789012:role/Other"},
        {"EnableNetworkIsolation": True},
        {"EnableInterContainerTrafficEncryption": True},
        {"VpcConfig": {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}},
        {"ResourceConfig": {**POOL, "InstanceType": "ml.m5.xlarge"}},
        {"ResourceConfig": {**POOL, "InstanceCount": 2}},
        {"ResourceConfig": {**POOL, "VolumeSizeInGB": 2}},
        {"ResourceConfig": {**POOL, "VolumeKmsKeyId": "key"}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_only_a_matching_job_gets_a_pool(house, change):
    create(house, "a", ResourceConfig=POOL)
    end(house, "a")
    create(house, "other", **{"ResourceConfig": {**POOL, "KeepAlivePeriodInSeconds": 0}, **change})
    assert pool(house, "a")["Status"] == "Available"
    end(house, "other")  # which leaves room
    create(house, "same", ResourceConfig={**POOL, "KeepAlivePeriodInSeconds": 0}, HyperParameters={})
    assert pool(house, "a")["ReusedByJob"] == "same"
    assert pool(house, "same") is None


def test_a_job_that_the_platform_has_failed_leaves_no_pool(house):
    create(house, ResourceConfig=POOL)
    house.executor.die(execution(house))
    house.tick()
    assert pool(house) == {"Status": "Terminated"}


def test_a_pool_is_kept_longer_or_ended_by_an_update(house):
    create(house, ResourceConfig=POOL)
    update = {"TrainingJobName": "job", "ResourceConfig": {"KeepAlivePeriodInSeconds": 1200}}
    with pytest.raises(ApiError, match="only while a warm pool of its own is Available"):
        house.call("UpdateTrainingJob", **update)
    end(house)
    house.call("UpdateTrainingJob", **update)
    house.parts.clock.sleep(700)
    house.tick()
    assert pool(house)["Status"] == "Available"
    assert describe(house)["ResourceConfig"]["KeepAlivePeriodInSeconds"] == 1200
    with pytest.raises(ApiError, match="is in status Available") as error:
        house.call("DeleteTrainingJob", TrainingJobName="job")
    assert error.value.code == "ResourceInUse"
    house.call("UpdateTrainingJob", TrainingJobName="job", ResourceConfig={"KeepAlivePeriodInSeconds": 0})
    assert pool(house) == {"Status": "Terminated", "ResourceRetainedBillableTimeInSeconds": 700}
    house.call("DeleteTrainingJob", TrainingJobName="job")


def test_a_chain_of_jobs_ends_after_seven_days():
    request = training_request("job", ResourceConfig={**POOL, "KeepAlivePeriodInSeconds": 3600})
    body = {"request": request, "secondary": "Stopped"}
    for start in range(0, 200):
        previous = body if start else None
        body = warm_pool.begin({"request": request, "secondary": "Stopped"}, start * 3600.0, previous)
        body = warm_pool.retain(body, None, start * 3600.0 + 1800)
    assert not warm_pool.is_available(body, 199 * 3600.0 + 1801)
    assert (warm_pool.shown(body, 1e9) or {})["Status"] == "Terminated"


def test_spot_jobs_and_instance_groups_have_no_pools(house):
    stopping = {"MaxRuntimeInSeconds": 10, "MaxWaitTimeInSeconds": 20}
    with pytest.raises(ApiError, match="EnableManagedSpotTraining exclude each other"):
        create(house, ResourceConfig=POOL, EnableManagedSpotTraining=True, StoppingCondition=stopping)
    groups = [{"InstanceGroupName": "g", "InstanceType": "ml.m5.large", "InstanceCount": 1}]
    resources = {"InstanceGroups": groups, "VolumeSizeInGB": 1, "KeepAlivePeriodInSeconds": 5}
    with pytest.raises(ApiError, match="InstanceGroups exclude each other"):
        create(house, ResourceConfig=resources)


@pytest.mark.parametrize(
    ("words", "form"),
    [
        (["a.py", "-x"], checks.Form("script", "a.py", ["-x"])),
        (["-m", "a.b", "--c"], checks.Form("-m", "a.b", ["--c"])),
        (["-c", "pass"], checks.Form("-c", "pass", [])),
        (["-u", "a.py"], None),
        (["-I", "a.py"], None),
        (["-m"], None),
        ([], None),
    ],
)
def test_command_lines(words, form):
    assert checks.form_of(["python", *words]) == form


def ask(**changes):
    environment = {"PATH": os.path.dirname(sys.executable), "OMP_NUM_THREADS": "1"}
    request = {"command": [sys.executable, "x.py"], "environment": environment, "folder": "/opt/ml", **changes}
    return checks.objection(request, environment, {})


def test_what_only_a_fresh_interpreter_can_be():
    assert ask() is None
    assert ask(command=["python", "x.py"]) is None  # by the path
    assert ask(command=["/bin/sh", "x.py"]) == "it is another interpreter"
    assert ask(command=["python", "-m", "pytest"]) == "the module is imported already"
    more = {"PATH": os.path.dirname(sys.executable), "OMP_NUM_THREADS": "2", "SM_HP_X": "1", "TRAINING_JOB_NAME": "x"}
    assert ask(environment=more) == "these variables differ: OMP_NUM_THREADS"


def test_the_job_s_own_folders_on_the_path_are_its_own():
    ours = {"PYTHONPATH": "/start:/opt/ml/code"}
    theirs = {"PYTHONPATH": "/opt/ml/code:/start:/opt/ml/more"}
    assert checks.relevant(ours) == checks.relevant(theirs) == {"PYTHONPATH": "/start"}
    assert checks.own_path(["/start", "/lib"], ours, theirs) == ["/opt/ml/code", "/start", "/opt/ml/more", "/lib"]


def test_a_job_s_own_modules_hide_a_library(tmp_path):
    (tmp_path / "numpy").mkdir()
    (tmp_path / "train.py").write_text("")
    request = {"command": ["python", "train.py"], "folder": str(tmp_path)}
    assert checks.objection_inside(request, [], {"numpy", "json"}) is None  # a folder is no package
    (tmp_path / "json.py").write_text("")
    (tmp_path / "numpy/__init__.py").write_text("")
    assert checks.objection_inside(request, [], {"numpy", "json"}) == (
        "the job brings modules of its own for json, numpy"
    )
    assert checks.objection_inside({**request, "command": ["python", "no.py"]}, [], set()) is not None


def test_the_note_of_the_program_that_has_imported_most_counts(tmp_path):
    assert keeping.best_note(tmp_path) is None
    (tmp_path / "2.note").write_text(repr({"modules": ["a"]}))
    (tmp_path / "3.note").write_text(repr({"modules": ["a", "b"]}))
    (tmp_path / "4.note").write_text("{")
    assert keeping.best_note(tmp_path) == {"modules": ["a", "b"]}


def test_interpreters_that_nobody_knows_are_dismissed(tmp_path):
    for name in ("known", "unknown"):
        keeping.folder_of(tmp_path, name).mkdir(parents=True)
    keeping.sweep(tmp_path, {"known"})
    assert [path.name for path in (tmp_path / "warm").iterdir()] == ["known"]
