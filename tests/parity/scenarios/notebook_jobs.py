"""Notebooks that run as steps of pipelines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.parity.recording import ROLE
from tests.parity.scenarios.pipelines import _defined, _parameter, _pipeline, _quiet, _session, _step, _training
from tests.parity.world import World

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/notebooks:1"


def _notebook(world: World, **changes: Any) -> Any:
    world.files(prices_ipynb="{}")
    arguments = {
        "input_notebook": "prices.ipynb",
        "image_uri": IMAGE,
        "kernel_name": "python3",
        "name": "Prices",
        "notebook_job_name": "prices-of-today",
        "role": ROLE,
        **changes,
    }
    return _step(world, "notebook_job_step.NotebookJobStep", **arguments)


@_quiet
def a_notebook(world: World) -> Any:
    return _defined(world, _notebook(world))


@_quiet
def a_notebook_with_everything(world: World) -> Any:
    world.files(init_sh="ls", more__rows_csv="1", more__deep__rows_csv="2", one_csv="3")
    retry = world["workflow.retry.SageMakerJobStepRetryPolicy"](
        [world["workflow.retry.SageMakerJobExceptionTypeEnum"].INTERNAL_ERROR], max_attempts=2
    )
    step = _notebook(
        world,
        display_name="shown",
        description="said",
        s3_root_uri="s3://other/root/",
        parameters={"rows": "1"},
        environment_variables={"A": "b", "SM_ENV_NAME": "mine"},
        initialization_script="init.sh",
        s3_kms_key="key",
        instance_type="ml.m5.xlarge",
        volume_size=50,
        volume_kms_key="volume",
        encrypt_inter_container_traffic=False,
        security_group_ids=["sg-1"],
        subnets=["subnet-1"],
        max_retry_attempts=3,
        max_runtime_in_seconds=60,
        tags={"team": "prices"},
        additional_dependencies=["more", "one.csv"],
        retry_policies=[retry],
        depends_on=["First"],
    )
    first = _step(world, "fail_step.FailStep", "First", error_message="no")
    defined = _defined(world, first, step)
    world.aws.calls.sort(key=lambda call: str(call[1].get("Key")))  # uploaded in the order of the file system
    return defined, sorted(world.aws.stored.values())


@_quiet
def a_notebook_of_variables(world: World) -> Any:
    text, count = _parameter(world, "String", "Text"), _parameter(world, "Integer", "Count", 1)
    flag = _parameter(world, "Boolean", name="Flag")
    step = _notebook(
        world,
        kernel_name=text,
        parameters={"rows": text},
        environment_variables={"A": text},
        instance_type=text,
        volume_size=count,
        volume_kms_key=text,
        encrypt_inter_container_traffic=flag,
        security_group_ids=[text],
        subnets=[text],
        max_retry_attempts=count,
        max_runtime_in_seconds=count,
        tags=[{"Key": "a", "Value": text}],
    )
    return _defined(world, step, parameters=[text, count, flag])


@_quiet
def a_notebook_of_the_configuration(world: World) -> Any:
    module = {
        "RoleArn": ROLE,
        "S3RootUri": "s3://configured/root",
        "S3KmsKeyId": "key",
        "VolumeKmsKeyId": "volume",
        "VpcConfig": {"SecurityGroupIds": ["sg-2"], "Subnets": ["subnet-2"]},
    }
    config = {"SchemaVersion": "1.0", "SageMaker": {"PythonSDK": {"Modules": {"NotebookJob": module}}}}
    return _defined(world, _notebook(world, role=None), sagemaker_session=_session(world, sagemaker_config=config))


@_quiet
def a_notebook_below_a_prefix(world: World) -> Any:
    return _defined(world, _notebook(world), sagemaker_session=_session(world, default_bucket_prefix="team/prices"))


@_quiet
def a_notebook_names_its_step_and_job(world: World) -> Any:
    Path("_prices of today.ipynb").write_text("{}")
    step = _notebook(world, input_notebook="_prices of today.ipynb", name=None, notebook_job_name=None)
    half = _notebook(world, name=None, notebook_job_name="job_of_prices")
    return _defined(world, step, half), step.name == step.notebook_job_name, step.name, half.name


@_quiet
def properties_of_a_notebook(world: World) -> Any:
    step = _notebook(world)
    names = (
        "ComputingJobName",
        "ComputingJobStatus",
        "NotebookJobInputLocation",
        "NotebookJobOutputLocationPrefix",
        "InputNotebookName",
        "OutputNotebookName",
    )
    return [getattr(step.properties, name).expr for name in names], step.ref, step.step_type.value


@_quiet
def what_a_notebook_makes_others_take(world: World) -> Any:
    session = _session(world)
    notebook = _notebook(world)
    place = notebook.properties.NotebookJobOutputLocationPrefix
    train = _step(world, "steps.TrainingStep", "Train", _training(world, session, inputs={"train": place}))
    last = _notebook(world, name="Last", parameters={"job": notebook.properties.ComputingJobName})
    last.add_depends_on([train])
    pipeline = _pipeline(world, notebook, train, last, sagemaker_session=session)
    graph = world["workflow.pipeline.PipelineGraph"].from_pipeline(pipeline)
    return _defined(world, train, last, sagemaker_session=session), {
        name: sorted(followers) for name, followers in graph.adjacency_list.items()
    }


@_quiet
def a_notebook_that_is_wrong_in_all_ways(world: World) -> Any:
    step = _notebook(
        world,
        input_notebook="no/notebook.ipynb",
        notebook_job_name="1 name",
        image_uri="123456789012.dkr.ecr.eu-west-1.amazonaws.com/notebooks:1",
        kernel_name=None,
        initialization_script="no.sh",
        additional_dependencies=["no", "neither"],
    )
    return _defined(world, step)


@_quiet
def a_notebook_without_anything(world: World) -> Any:
    return _defined(world, _notebook(world, input_notebook=None, notebook_job_name=None, image_uri=None))


@_quiet
def a_notebooks_steps_are_not_replaced(world: World) -> Any:
    _notebook(world).depends_on = []


@_quiet
def a_notebook_in_half_a_network(world: World) -> Any:
    return _defined(world, _notebook(world, subnets=["subnet-1"]))
