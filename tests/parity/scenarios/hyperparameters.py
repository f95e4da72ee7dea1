"""What values of every kind become as hyperparameters, by each way that they can be given."""

from __future__ import annotations

import json
from typing import Any

from tests.parity.drawn import values
from tests.parity.scenarios.pipelines import _quiet
from tests.parity.world import World


def of_an_estimator(world: World) -> Any:
    return world.train(hyperparameters=values(1)).hyperparameters()


def that_json_has_no_text_for(world: World) -> None:
    ends = {"endless": float("inf"), "least": float("-inf"), "unknown": float("nan")}
    world.train(hyperparameters=ends)
    world.framework("sklearn.SKLearn", framework_version="1.2-1", hyperparameters=ends).fit(wait=False, job_name="job")


def set_later(world: World) -> Any:
    estimator = world.estimator(hyperparameters=values(2, 60))
    estimator.set_hyperparameters(**values(3))
    estimator.fit(wait=False, job_name="job")
    return estimator.hyperparameters()


def of_an_estimator_with_code(world: World) -> Any:
    world.files(train_py="print(1)")
    return world.train(entry_point="train.py", hyperparameters=values(4)).hyperparameters()


def of_a_framework(world: World) -> Any:
    estimator = world.framework("sklearn.SKLearn", framework_version="1.2-1", hyperparameters=values(5))
    estimator.fit(wait=False, job_name="job")
    return estimator.hyperparameters()


def of_a_framework_set_later(world: World) -> Any:
    estimator = world.framework("pytorch.PyTorch", framework_version="2.0", py_version="py310")
    estimator.set_hyperparameters(**values(6))
    estimator.fit(wait=False, job_name="job")
    return estimator.hyperparameters()


def _tuned(world: World, estimator: Any) -> Any:
    ranges = {"rate": world["parameter.ContinuousParameter"](0.1, 1)}
    metrics = [{"Name": "loss", "Regex": "l"}]
    tuner = world["tuner.HyperparameterTuner"](estimator, "loss", ranges, metrics, max_jobs=1)
    tuner.fit({"train": "s3://bucket/train"}, wait=False, job_name="job")
    return tuner.static_hyperparameters


def of_a_search(world: World) -> Any:
    return _tuned(world, world.estimator(hyperparameters=values(7)))


def of_a_search_by_a_framework(world: World) -> Any:
    return _tuned(world, world.framework("sklearn.SKLearn", framework_version="1.2-1", hyperparameters=values(8)))


def of_one_search_among_several(world: World) -> Any:
    estimators = {"a": world.estimator(hyperparameters=values(9)), "b": world.estimator(hyperparameters=values(10, 60))}
    tuner = world["tuner.HyperparameterTuner"].create(
        estimators,
        dict.fromkeys(estimators, "loss"),
        {name: {"rate": world["parameter.ContinuousParameter"](0.1, 1)} for name in estimators},
        {name: [{"Name": "loss", "Regex": "l"}] for name in estimators},
    )
    inputs = {name: {"train": "s3://bucket/train"} for name in estimators}
    tuner.fit(inputs, job_name="job", include_cls_metadata={}, wait=False)
    return tuner.static_hyperparameters_dict


@_quiet
def of_a_pipeline_s_step(world: World) -> Any:
    session = world["workflow.pipeline_context.PipelineSession"](
        boto_session=world.aws.boto_session(), default_bucket="bucket"
    )
    step = world["workflow.steps.TrainingStep"](
        "Train", world.estimator(hyperparameters=values(11), sagemaker_session=session).fit()
    )
    pipeline = world["workflow.pipeline.Pipeline"]("pipeline", steps=[step], sagemaker_session=session)
    return json.loads(pipeline.definition())["Steps"][0]["Arguments"]["HyperParameters"]
