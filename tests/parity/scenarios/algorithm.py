"""Algorithms of a marketplace: what they take, their jobs, packages and transformers; and models of Spark ML."""

from __future__ import annotations

from typing import Any

from tests.parity.recording import ACCOUNT, REGION, ROLE, THE_TIME, Refusal, training_description
from tests.parity.world import World

ARN = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:algorithm/scikit-trees"


def _hyperparameter(name: str, kind: str, bounds: Any = None, **more: Any) -> dict[str, Any]:
    described = {"Name": name, "Type": kind, **more}
    if bounds is not None:
        described["Range"] = {f"{kind}ParameterRangeSpecification": bounds}
    return described


def _described(**changes: Any) -> dict[str, Any]:
    spec = {
        "TrainingImage": "image",
        "SupportedTrainingInstanceTypes": ["ml.m5.large", "ml.m5.xlarge"],
        "SupportsDistributedTraining": False,
        "SupportedHyperParameters": [
            _hyperparameter("depth", "Integer", {"MinValue": "1", "MaxValue": "10"}, DefaultValue="3"),
            _hyperparameter("eta", "Continuous", {"MinValue": "0.1", "MaxValue": "0.9"}, IsRequired=False),
            _hyperparameter("loss", "Categorical", {"Values": ["a", "b"]}),
            _hyperparameter("note", "FreeText"),
            _hyperparameter("rounds", "Integer", IsRequired=True),
        ],
        "TrainingChannels": [
            {"Name": "training", "SupportedInputModes": ["File"], "SupportedContentTypes": ["*"], "IsRequired": True},
            {"Name": "extra", "SupportedInputModes": ["File", "Pipe"], "SupportedContentTypes": ["*"]},
        ],
        **changes.pop("TrainingSpecification", {}),
    }
    return {
        "AlgorithmName": "scikit-trees",
        "AlgorithmArn": ARN,
        "TrainingSpecification": spec,
        "AlgorithmStatus": "Completed",
        "CreationTime": THE_TIME,
        **changes,
    }


def _estimator(world: World, described: Any = None, **changes: Any) -> Any:
    world.aws.answers["DescribeAlgorithm"] = described or _described()
    arguments = {
        "algorithm_arn": ARN,
        "role": ROLE,
        "instance_count": 1,
        "instance_type": "ml.m5.large",
        "sagemaker_session": world.session(),
        **changes,
    }
    return world["algorithm.AlgorithmEstimator"](**arguments)


def _said(ask: Any) -> Any:
    """Return what is answered, or the error without its hint."""
    try:
        return ask()
    except Exception as error:  # noqa: BLE001 - whatever the SDK raises is what is recorded
        return [type(error).__name__, str(error).split("\nhint: ")[0]]


def fitted(world: World) -> Any:
    estimator = _estimator(world, hyperparameters={"rounds": "7", "eta": 0.5, "loss": "a"})
    estimator.set_hyperparameters(depth="4", note=[1])
    estimator.fit({"training": "s3://bucket/rows"}, wait=False, job_name="job")
    return [estimator.hyperparameters(), estimator.enable_network_isolation()]


def fitted_with_every_argument(world: World) -> Any:
    estimator = _estimator(
        world,
        volume_size=5,
        volume_kms_key="volume-key",
        max_run=600,
        output_path="s3://bucket/out",
        output_kms_key="output-key",
        base_job_name="base",
        hyperparameters={"rounds": 2},
        tags={"team": "prices"},
        subnets=["subnet-1"],
        security_group_ids=["sg-1"],
        model_uri="s3://bucket/model.tar.gz",
        model_channel_name="extra",
        metric_definitions=[{"Name": "m", "Regex": "x"}],
        encrypt_inter_container_traffic=True,
        use_spot_instances=True,
        max_wait=1200,
    )
    estimator.fit({"training": "s3://bucket/rows"}, wait=False, job_name="job")
    return None


def named_by_itself(world: World) -> Any:
    estimator = _estimator(world, hyperparameters={"rounds": 2})
    estimator.fit({"training": "s3://bucket/rows"}, wait=False)
    return [estimator.base_job_name, estimator._current_job_name]


def of_a_marketplace(world: World) -> Any:
    estimator = _estimator(world, _described(ProductId="product"), hyperparameters={"rounds": 2})
    estimator.fit({"training": "s3://bucket/rows", "extra": "s3://bucket/more"}, wait=False, job_name="job")
    return estimator.enable_network_isolation()


def refused(world: World) -> Any:
    session = world.session()
    no_pipe = _described()
    many = _described(TrainingSpecification={"SupportsDistributedTraining": True})
    other = _described(TrainingSpecification={"SupportedHyperParameters": [{"Name": "x", "Type": "Odd"}]})
    estimator = _estimator(world)
    return [
        _said(lambda: _estimator(world, no_pipe, input_mode="Pipe")),
        _said(lambda: _estimator(world, instance_type="ml.p3.2xlarge")),
        _said(lambda: _estimator(world, instance_count=2)),
        _said(lambda: _estimator(world, many, instance_count=2).instance_count),
        _said(lambda: _estimator(world, other)),
        _said(lambda: estimator.set_hyperparameters(depht=3)),
        _said(lambda: estimator.set_hyperparameters(depth=11)),
        _said(lambda: estimator.set_hyperparameters(depth="x")),
        _said(lambda: estimator.set_hyperparameters(eta=1)),
        _said(lambda: estimator.set_hyperparameters(loss="c")),
        _said(lambda: estimator.set_hyperparameters(depth=2)),
        _said(lambda: estimator.fit({"training": "s3://bucket/rows"}, wait=False)),
        _said(lambda: estimator.fit({"train": "s3://bucket/rows"}, wait=False)),
        _said(lambda: estimator.fit({"extra": "s3://bucket/rows"}, wait=False)),
        _said(estimator.training_image_uri),
        _said(lambda: estimator.transformer(1, "ml.m5.large")),
        session is not None,
    ]


def _trained(world: World, described: Any = None, **changes: Any) -> Any:
    world.aws.answers["DescribeModelPackage"] = {
        "ModelPackageName": "package",
        "ModelPackageArn": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:model-package/package",
        "ModelPackageStatus": "Completed",
        "InferenceSpecification": {"Containers": [{"Image": "image"}]},
    }
    estimator = _estimator(world, described, hyperparameters={"rounds": 2}, **changes)
    estimator.fit({"training": "s3://bucket/rows"}, wait=False, job_name="job")
    return estimator


def deployed(world: World) -> Any:
    estimator = _trained(world)
    csv = world["serializers.CSVSerializer"]()
    predictor = estimator.deploy(1, "ml.m5.large", serializer=csv, endpoint_name="endpoint", wait=False)
    return [type(predictor).__name__, type(predictor.serializer).__name__, type(predictor.deserializer).__name__]


def model_of_it(world: World) -> Any:
    estimator = _trained(world, subnets=["subnet-1"], security_group_ids=["sg-1"])
    model = estimator.create_model("other")
    return [type(model).__name__, model.role, model.algorithm_arn, model.model_data, model.vpc_config]


def transformed(world: World) -> Any:
    transformer = _trained(world, base_job_name="base").transformer(
        2,
        "ml.m5.large",
        strategy="SingleRecord",
        assemble_with="Line",
        output_path="s3://bucket/answers",
        output_kms_key="key",
        accept="text/csv",
        env={"A": "1"},
        max_concurrent_transforms=3,
        max_payload=4,
        tags={"team": "x"},
        role="other",
        volume_kms_key="volume-key",
    )
    transformer.transform("s3://bucket/rows", wait=False, job_name="t")
    return transformer.env


def transformed_of_a_marketplace(world: World) -> Any:
    return _trained(world, _described(ProductId="product")).transformer(1, "ml.m5.large", env={"A": "1"}).env


def attached(world: World) -> Any:
    world.aws.answers["DescribeAlgorithm"] = _described()
    world.aws.answers["DescribeTrainingJob"] = training_description(
        AlgorithmSpecification={"AlgorithmName": ARN, "TrainingInputMode": "File"},
        HyperParameters={"rounds": "2", "depth": "4", "_tuning_objective_metric": "m"},
    )
    estimator = world["algorithm.AlgorithmEstimator"].attach("job", sagemaker_session=world.session())
    return [estimator.algorithm_arn, estimator.hyperparameters(), estimator.instance_type, estimator.model_data]


def that_is_not_there(world: World) -> Any:
    world.aws.answers["DescribeAlgorithm"] = Refusal("ValidationException", "no such algorithm")
    return _said(lambda: world["algorithm.AlgorithmEstimator"](ARN, ROLE, 1, "ml.m5.large", **_of(world)))


def _of(world: World) -> dict[str, Any]:
    return {"sagemaker_session": world.session()}


def tuned(world: World) -> Any:
    estimator = _estimator(world, hyperparameters={"rounds": 2})
    ranges = {"eta": world["parameter.ContinuousParameter"](0.1, 0.9)}
    tuner = world["tuner.HyperparameterTuner"](
        estimator, "m", ranges, metric_definitions=[{"Name": "m", "Regex": "x"}], max_jobs=2
    )
    tuner.fit({"training": "s3://bucket/rows"}, job_name="tune", wait=False)
    return None


# Spark ML -------------------------------------------------------------------------------------------------------------


def spark_ml(world: World) -> Any:
    schema = {"SAGEMAKER_SPARKML_SCHEMA": '{"input": [], "output": {"name": "x", "type": "double"}}'}
    model = world["sparkml.model.SparkMLModel"](
        "s3://bucket/model.tar.gz", ROLE, sagemaker_session=world.session(), env=schema, name="m"
    )
    predictor = model.deploy(1, "ml.m5.large", endpoint_name="e", wait=False)
    answer = predictor.predict([1.5, "a"])
    serializer = predictor.serializer
    return [model.image_uri, type(predictor).__name__, type(serializer).__name__, answer, predictor.content_type]


def spark_ml_of_other_versions(world: World) -> Any:
    model = world["sparkml.SparkMLModel"]
    arguments = {"sagemaker_session": world.session("eu-west-1")}
    return [
        model("s3://b/m", ROLE, "2.4", **arguments).image_uri,
        model("s3://b/m", ROLE, "2.2", image_uri="mine", predictor_cls=None, **arguments).image_uri,
        _said(lambda: model("s3://b/m", ROLE, "9", **arguments).image_uri)[0],
    ]


# Ranges ---------------------------------------------------------------------------------------------------------------


def ranges(world: World) -> Any:
    continuous, integer, categorical, base = (
        world[f"parameter.{name}"]
        for name in ("ContinuousParameter", "IntegerParameter", "CategoricalParameter", "ParameterRange")
    )
    made = [continuous(0.1, 1e-07, "Logarithmic"), integer(1, 8), base(1, 2.5)]
    listed = [categorical(["a", 1, True, None]), categorical("alone"), categorical(7)]
    return [
        [each.as_tuning_range("x") for each in (*made, *listed)],
        [each.as_json_range("x") for each in listed],
        [kind.__name__ for kind in (continuous(1, 2), integer(1, 2), categorical([1]))],
        base.__all_types__,
        [integer(1, 8).is_valid(8), continuous(0.5, 1).is_valid(0.4), categorical(["1"]).is_valid(1)],
        [continuous.cast_to_type("1"), integer.cast_to_type("1"), categorical.cast_to_type(1), base.cast_to_type(1)],
    ]
