"""What a tuner's arguments become in `CreateHyperParameterTuningJob`, and what is made of its answers."""

from __future__ import annotations

from typing import Any

from tests.parity.recording import ACCOUNT, REGION, ROLE, THE_TIME, Refusal, training_description
from tests.parity.world import IMAGE, World

METRICS = [{"Name": "loss", "Regex": "loss=([0-9.]+)"}]


def the_least(world: World) -> None:
    _tuner(world).fit("s3://bucket/train", job_name="tuning", wait=False)


def no_inputs(world: World) -> None:
    _tuner(world).fit(job_name="tuning", wait=False)


def ranges_of_every_kind(world: World) -> Any:
    tuner = _tuner(world, hyperparameter_ranges=_ranges(world))
    tuner.fit({"train": "s3://bucket/train", "validation": "s3://bucket/validation"}, job_name="tuning", wait=False)
    return [tuner.hyperparameter_ranges(), tuner.hyperparameter_ranges_dict()]


def hyperparameters_that_stay(world: World) -> Any:
    estimator = world.estimator(hyperparameters={"wd": 1, "epochs": 3, "yes": True, "text": "a b"})
    tuner = _tuner(world, estimator=estimator)
    tuner.fit("s3://bucket/train", job_name="tuning", wait=False)
    return [tuner.static_hyperparameters, tuner.static_hyperparameters_dict]


def every_argument(world: World) -> Any:
    configs = {
        "warm_start_config": world["tuner.WarmStartConfig"](world["tuner.WarmStartTypes"].TRANSFER_LEARNING, {"one"}),
        "strategy_config": world["tuner.StrategyConfig"](world["tuner.HyperbandStrategyConfig"](10, 1)),
        "completion_criteria_config": world["tuner.TuningJobCompletionCriteriaConfig"](5, True, 0.5),
    }
    tuner = _tuner(
        world,
        metric_definitions=METRICS,
        strategy="Hyperband",
        objective_type="Minimize",
        max_jobs=20,
        max_parallel_jobs=3,
        max_runtime_in_seconds=3600,
        tags={"team": "prices"},
        base_tuning_job_name="prices",
        early_stopping_type="Off",
        random_seed=7,
        **configs,
    )
    tuner.fit("s3://bucket/train", job_name="tuning", include_cls_metadata=False, wait=False)
    return tuner.tags


def every_argument_of_the_estimator(world: World) -> None:
    estimator = world.estimator(
        instance_count=2,
        instance_type="ml.p3.2xlarge",
        volume_size=100,
        volume_kms_key="key-1",
        output_kms_key="key-2",
        output_path="s3://bucket/out",
        max_run=100,
        max_wait=200,
        use_spot_instances=True,
        input_mode="Pipe",
        subnets=["subnet-1"],
        security_group_ids=["sg-1"],
        encrypt_inter_container_traffic=True,
        enable_network_isolation=True,
        checkpoint_s3_uri="s3://bucket/checkpoints",
        checkpoint_local_path="/opt/ml/checkpoints",
        environment={"A": "1"},
        max_retry_attempts=2,
        model_uri="s3://bucket/model.tar.gz",
        metric_definitions=[{"Name": "other", "Regex": "x"}],
        tags=[{"Key": "team", "Value": "prices"}],
        disable_output_compression=True,
        keep_alive_period_in_seconds=600,
    )
    _tuner(world, estimator=estimator, metric_definitions=METRICS).fit("s3://bucket/a", job_name="tuning", wait=False)


def an_environment_that_is_empty(world: World) -> None:
    _tuner(world, estimator=world.estimator(environment={})).fit(job_name="tuning", wait=False)


def tags_of_tuner_and_estimator(world: World) -> Any:
    estimator = world.estimator(tags={"team": "prices", "cost": "7"})
    tuner = _tuner(world, estimator=estimator, tags={"team": "prices", "a": "b"})
    tuner.fit(job_name="tuning", wait=False)
    return tuner.tags


def input_of_its_own_mode(world: World) -> None:
    given = world["inputs.TrainingInput"]("s3://bucket/train", input_mode="FastFile", content_type="text/csv")
    _tuner(world).fit(given, job_name="tuning", wait=False)


def input_of_a_file_system(world: World) -> None:
    given = world["inputs.FileSystemInput"]("fs-01234567", "EFS", "/data")
    _tuner(world).fit(given, job_name="tuning", wait=False)


def input_that_is_none(world: World) -> None:
    _tuner(world).fit(7, job_name="tuning", wait=False)


def a_job_without_a_name(world: World) -> Any:
    tuner = _tuner(world)
    tuner.fit(wait=False)
    request = world.aws.calls[-1][1]
    name = request.pop("HyperParameterTuningJobName")
    return [name[:15], len(name), name == tuner.latest_tuning_job.name, name == tuner._current_job_name]


def a_job_with_a_base_name(world: World) -> Any:
    tuner = _tuner(world, base_tuning_job_name="a-name-that-is-longer-than-what-fits")
    tuner.fit(wait=False)
    name = world.aws.calls[-1][1].pop("HyperParameterTuningJobName")
    return [name[:20], len(name)]


def logs_change_nothing(world: World) -> None:
    _tuner(world).fit("s3://bucket/train", job_name="tuning", wait=False, logs=False)


def class_metadata(world: World) -> None:
    _tuner(world).fit("s3://bucket/train", job_name="tuning", include_cls_metadata=True, wait=False)


def grid(world: World) -> None:
    ranges = {"a": world["tuner.CategoricalParameter"]([1, 2.5, "x", True])}
    _tuner(world, hyperparameter_ranges=ranges, strategy="Grid", max_jobs=4).fit(job_name="tuning", wait=False)


def grid_without_a_number_of_jobs(world: World) -> Any:
    ranges = {"a": world["tuner.CategoricalParameter"](["x"])}
    tuner = _tuner(world, hyperparameter_ranges=ranges, strategy="Grid")
    tuner.fit(job_name="tuning", wait=False)
    return [tuner.max_jobs, world.aws.calls.pop()[1]["HyperParameterTuningJobConfig"]["ResourceLimits"]]


def autotune(world: World) -> Any:
    estimator = world.estimator(hyperparameters={"wd": 1, "epochs": 3, "rate": 0.1})
    tuner = _tuner(world, estimator=estimator, autotune=True, hyperparameters_to_keep_static=["epochs"])
    tuner.fit(job_name="tuning", wait=False)
    return [tuner.static_hyperparameters, tuner.auto_parameters]


def autotune_of_all(world: World) -> None:
    estimator = world.estimator(hyperparameters={"wd": 1, "epochs": 3})
    tuner = _tuner(world, estimator=estimator, hyperparameter_ranges=None, autotune=True)
    tuner._hyperparameter_ranges = {}
    tuner.fit(job_name="tuning", wait=False)


def autotune_that_keeps_what_is_not_there(world: World) -> None:
    _tuner(world, autotune=True, hyperparameters_to_keep_static=["epochs"]).fit(job_name="tuning", wait=False)


def autotune_that_keeps_one_twice(world: World) -> None:
    _tuner(world, autotune=True, hyperparameters_to_keep_static=["a", "a"])


def kept_static_without_autotune(world: World) -> None:
    _tuner(world, hyperparameters_to_keep_static=["a"])


def no_ranges(world: World) -> None:
    _tuner(world, hyperparameter_ranges={})


def instances_of_several_types(world: World) -> None:
    tuner = _tuner(world, estimator=world.estimator(volume_kms_key="key-1"))
    config = world["tuner.InstanceConfig"]
    tuner.override_resource_config(
        [config(1, "ml.m5.large", 50), config(instance_count=2, instance_type="ml.c5.large")]
    )
    tuner.fit(job_name="tuning", wait=False)


# Frameworks --------------------------------------------------------------------------------------------------------


def pytorch(world: World) -> Any:
    estimator = world.framework("pytorch.PyTorch", hyperparameters={"epochs": 3, "lr": 0.5, "name": "x"})
    tuner = _tuner(world, estimator=estimator, hyperparameter_ranges=_ranges(world), metric_definitions=METRICS)
    tuner.fit({"training": "s3://bucket/train"}, job_name="tuning", wait=False)
    return [tuner.hyperparameter_ranges(), estimator.hyperparameters()]


def pytorch_in_a_job_without_a_name(world: World) -> Any:
    tuner = _tuner(world, estimator=world.framework("pytorch.PyTorch"), metric_definitions=METRICS)
    tuner.fit("s3://bucket/train", wait=False)
    return world.aws.calls[-1][1].pop("HyperParameterTuningJobName")[:13]


def sklearn_cut_off_from_the_network(world: World) -> None:
    estimator = world.framework("sklearn.SKLearn", enable_network_isolation=True, instance_count="left out")
    _tuner(world, estimator=estimator, metric_definitions=METRICS).fit("s3://bucket/a", job_name="tuning", wait=False)


def xgboost_with_a_script(world: World) -> None:
    estimator = world.framework("xgboost.XGBoost", framework_version="1.7-1", code_location="s3://bucket/code")
    _tuner(world, estimator=estimator, metric_definitions=METRICS).fit("s3://bucket/a", job_name="tuning", wait=False)


def tensorflow(world: World) -> None:
    estimator = world.framework("tensorflow.TensorFlow", hyperparameters={"batch": 3}, model_dir="s3://bucket/models")
    _tuner(world, estimator=estimator, metric_definitions=METRICS).fit("s3://bucket/a", job_name="tuning", wait=False)


def huggingface(world: World) -> None:
    estimator = world.framework(
        "huggingface.HuggingFace", transformers_version="4.28.1", pytorch_version="2.0.0", py_version="py310"
    )
    _tuner(world, estimator=estimator, metric_definitions=METRICS).fit("s3://bucket/a", job_name="tuning", wait=False)


def script_of_the_generic_estimator(world: World) -> None:
    world.files(train_py="print(1)")
    estimator = world.estimator(entry_point="train.py", hyperparameters={"epochs": 3})
    _tuner(world, estimator=estimator, metric_definitions=METRICS).fit("s3://bucket/a", job_name="tuning", wait=False)


# Amazon's algorithms ------------------------------------------------------------------------------------------------


def an_algorithm_of_amazons(world: World) -> None:
    estimator = _pca(world)
    ranges = {"num_components": world["tuner.IntegerParameter"](1, 5)}
    tuner = _tuner(world, estimator=estimator, hyperparameter_ranges=ranges)
    tuner.fit(_records(world), job_name="tuning", wait=False, mini_batch_size=7)


def an_algorithm_of_amazons_with_several_sets_of_records(world: World) -> Any:
    tuner = _tuner(world, estimator=_pca(world), hyperparameter_ranges={"x": world["tuner.IntegerParameter"](1, 5)})
    records = [_records(world), _records(world, channel="test")]
    tuner.fit(records, job_name="tuning", include_cls_metadata=True, wait=False)
    return tuner.static_hyperparameters


def a_range_that_an_algorithm_does_not_take(world: World) -> None:
    ranges = {"num_components": world["tuner.IntegerParameter"](-1, 5)}
    _tuner(world, estimator=_pca(world), hyperparameter_ranges=ranges)


def a_list_that_an_algorithm_does_not_take(world: World) -> None:
    ranges = {"algorithm_mode": world["tuner.CategoricalParameter"](["regular", "wrong"])}
    _tuner(world, estimator=_pca(world), hyperparameter_ranges=ranges)


def several_with_one_of_amazons(world: World) -> None:
    ranges = {"wd": world["tuner.ContinuousParameter"](0.25, 0.5)}
    tuner = _several(
        world,
        estimator_dict={"a": world.estimator(), "b": _pca(world)},
        hyperparameter_ranges_dict={"a": ranges, "b": {"num_components": world["tuner.IntegerParameter"](1, 5)}},
    )
    inputs = {"a": "s3://bucket/a", "b": _records(world)}
    arguments = {"b": {"mini_batch_size": 9}}
    tuner.fit(inputs, job_name="tuning", include_cls_metadata={}, estimator_kwargs=arguments, wait=False)


def attached_to_an_algorithm_of_amazons(world: World) -> Any:
    answer = _description("Completed")
    definition = answer["TrainingJobDefinition"]
    definition["AlgorithmSpecification"]["TrainingImage"] = IMAGE.replace("latest", "1")
    answer["HyperParameterTuningJobConfig"]["ParameterRanges"]["IntegerParameterRanges"][0]["Name"] = "epochs"
    answer["HyperParameterTuningJobConfig"]["ParameterRanges"]["CategoricalParameterRanges"] = []
    world.aws.answers["DescribeHyperParameterTuningJob"] = answer
    return _shown(_attached(world))


# Several estimators ------------------------------------------------------------------------------------------------


def several_estimators(world: World) -> Any:
    tuner = _several(world, metric_definitions_dict={"b": METRICS})
    inputs = {"a": "s3://bucket/a", "b": {"train": "s3://bucket/b"}}
    tuner.fit(inputs, job_name="tuning", include_cls_metadata={}, wait=False)
    ranges = tuner.hyperparameter_ranges_dict()
    return [ranges, tuner.hyperparameter_ranges(), tuner.static_hyperparameters_dict, tuner.metric_definitions_dict]


def several_estimators_with_every_argument(world: World) -> None:
    tuner = _several(
        world,
        base_tuning_job_name="prices",
        strategy="Random",
        objective_type="Minimize",
        completion_criteria_config=world["tuner.TuningJobCompletionCriteriaConfig"](complete_on_convergence=False),
        max_jobs=20,
        max_parallel_jobs=3,
        max_runtime_in_seconds=3600,
        tags=[{"Key": "a", "Value": "b"}],
        early_stopping_type="Auto",
        random_seed=0,
    )
    config = world["tuner.InstanceConfig"]
    tuner.override_resource_config({"b": [config(1, "ml.m5.large")]})
    tuner.fit({"a": "s3://bucket/a"}, job_name="tuning", include_cls_metadata={"a": True}, wait=False)


def several_estimators_tuned_automatically(world: World) -> Any:
    tuner = _several(world, autotune=True, hyperparameters_to_keep_static_dict={"b": ["epochs"]})
    tuner.fit(job_name="tuning", include_cls_metadata={}, wait=False)
    return [tuner.static_hyperparameters_dict, tuner.auto_parameters_dict]


def several_estimators_with_instances_of_the_first(world: World) -> None:
    tuner = _several(world)
    tuner.override_resource_config([world["tuner.InstanceConfig"](1, "ml.m5.large")])
    tuner.fit(job_name="tuning", include_cls_metadata={}, wait=False)


def several_estimators_with_class_metadata_of_none(world: World) -> Any:
    _several(world).fit(job_name="tuning", wait=False)
    sent = world.aws.calls.pop()[1]["TrainingJobDefinitions"]
    world.aws.calls.clear()
    return ["sagemaker_estimator_class_name" in definition["StaticHyperParameters"] for definition in sent]


def one_estimator_with_a_name(world: World) -> None:
    tuner = _tuner(world, estimator_name="a", tags={"a": "b"})
    tuner.fit({"a": "s3://bucket/a"}, job_name="tuning", include_cls_metadata={}, wait=False)


def several_estimators_of_which_there_are_none(world: World) -> None:
    _several(world, estimator_dict={})


def several_estimators_of_which_one_has_no_name(world: World) -> None:
    _several(world, estimator_dict={None: world.estimator()})


def several_estimators_without_an_objective(world: World) -> None:
    _several(world, objective_metric_name_dict={"a": "loss"})


def several_estimators_with_ranges_of_another(world: World) -> None:
    _several(world, metric_definitions_dict={"c": METRICS})


def several_estimators_with_inputs_of_one(world: World) -> None:
    _several(world).fit("s3://bucket/train", job_name="tuning", wait=False)


def several_estimators_with_inputs_of_another(world: World) -> None:
    _several(world).fit({"train": "s3://bucket/train"}, job_name="tuning", wait=False)


def several_estimators_that_learn(world: World) -> None:
    tuner = _several(world)
    tuner.fit(job_name="tuning", include_cls_metadata={}, wait=False)
    tuner.identical_dataset_and_algorithm_tuner()


# What comes of it ---------------------------------------------------------------------------------------------------


def followed(world: World) -> Any:
    world.aws.answers["DescribeHyperParameterTuningJob"] = [
        _description(status) for status in ("InProgress", "InProgress", "Stopping", "Completed")
    ]
    tuner = _tuner(world)
    tuner.fit(job_name="tuning")
    return tuner.latest_tuning_job.name


def followed_to_a_stop(world: World) -> None:
    world.aws.answers["DescribeHyperParameterTuningJob"] = _description("Stopped")
    _tuner(world).fit(job_name="tuning")


def followed_to_a_failure(world: World) -> None:
    failed = _description("Failed", FailureReason="All training jobs failed.")
    world.aws.answers["DescribeHyperParameterTuningJob"] = failed
    _tuner(world).fit(job_name="tuning")


def followed_to_a_want_of_instances(world: World) -> None:
    failed = _description("Failed", FailureReason="CapacityError: none left.")
    world.aws.answers["DescribeHyperParameterTuningJob"] = failed
    _attached(world).wait()


def stopped(world: World) -> None:
    tuner = _tuner(world)
    tuner.fit(job_name="tuning", wait=False)
    tuner.stop_tuning_job()


def stopped_when_it_has_ended(world: World) -> None:
    world.aws.answers["StopHyperParameterTuningJob"] = Refusal("ValidationException", "not running")
    _attached(world).stop_tuning_job()


def stopped_without_leave(world: World) -> None:
    world.aws.answers["StopHyperParameterTuningJob"] = Refusal("AccessDeniedException", "no")
    _attached(world).stop_tuning_job()


def stopped_before_there_is_a_job(world: World) -> None:
    _tuner(world).stop_tuning_job()


def waited_for_before_there_is_a_job(world: World) -> None:
    _tuner(world).wait()


def best_before_there_is_a_job(world: World) -> None:
    _tuner(world).best_training_job()


def best_before_a_job_has_an_objective(world: World) -> None:
    answer = _description("InProgress")
    del answer["BestTrainingJob"]
    world.aws.answers["DescribeHyperParameterTuningJob"] = answer
    _attached(world).best_training_job()


def best(world: World) -> Any:
    tuner = _attached(world)
    estimator = tuner.best_estimator()
    return [
        tuner.best_training_job(),
        type(estimator).__name__,
        estimator.latest_training_job.name,
        estimator.model_data,
        tuner.describe()["HyperParameterTuningJobName"],
    ]


def best_of_several(world: World) -> Any:
    tuner = _several(world)
    tuner.fit(job_name="tuning", include_cls_metadata={}, wait=False)
    world.aws.answers["DescribeHyperParameterTuningJob"] = _description("Completed", of="a")
    return [tuner.best_training_job(), tuner.best_estimator().latest_training_job.name]


def another_than_the_best(world: World) -> Any:
    return _attached(world).best_estimator({"TrainingJobName": "another"}).latest_training_job.name


def deployed(world: World) -> Any:
    return _attached(world).deploy(1, "ml.m5.large", wait=False).endpoint_name


def deployed_with_every_argument(world: World) -> Any:
    predictor = _attached(world).deploy(
        initial_instance_count=2,
        instance_type="ml.m5.large",
        serializer=world["serializers.CSVSerializer"](),
        deserializer=world["deserializers.JSONDeserializer"](),
        endpoint_name="endpoint",
        model_name="model",
        kms_key="key-1",
        data_capture_config=world["model_monitor.DataCaptureConfig"](
            True, destination_s3_uri="s3://bucket/c", sagemaker_session=world.session()
        ),
        wait=True,
        tags=[{"Key": "a", "Value": "b"}],
    )
    return [predictor.endpoint_name, predictor.content_type, predictor.accept]


def an_endpoint_deleted_with_the_tuner(world: World) -> Any:
    return _tuner(world).delete_endpoint()


# Jobs that were started elsewhere ------------------------------------------------------------------------------------


def attached(world: World) -> Any:
    tuner = _attached(world)
    return _shown(tuner)


def attached_with_every_argument(world: World) -> Any:
    answer = _description("Completed")
    config, definition = answer["HyperParameterTuningJobConfig"], answer["TrainingJobDefinition"]
    config["ResourceLimits"]["MaxRuntimeInSeconds"] = 600
    config["RandomSeed"] = 4
    config["TuningJobCompletionCriteria"] = {
        "TargetObjectiveMetricValue": 0.5,
        "BestObjectiveNotImproving": {"MaxNumberOfTrainingJobsNotImproving": 4},
        "ConvergenceDetected": {"CompleteOnConvergence": "Enabled"},
    }
    definition["StaticHyperParameters"] = {
        "_tuning_objective_metric": "loss",
        "sagemaker_estimator_class_name": '"PyTorch"',
        "sagemaker_estimator_module": '"sagemaker.pytorch.estimator"',
        "sagemaker_program": '"train.py"',
        "sagemaker_submit_directory": '"s3://bucket/sourcedir.tar.gz"',
        "sagemaker_container_log_level": "20",
        "sagemaker_job_name": '"one"',
        "sagemaker_region": '"us-east-1"',
    }
    definition["AlgorithmSpecification"]["TrainingImage"] = (
        f"763104351884.dkr.ecr.{REGION}.amazonaws.com/pytorch-training:2.0.0-cpu-py310"
    )
    answer["WarmStartConfig"] = {
        "WarmStartType": "TransferLearning",
        "ParentHyperParameterTuningJobs": [{"HyperParameterTuningJobName": "parent"}],
    }
    world.aws.answers["DescribeHyperParameterTuningJob"] = answer
    return _shown(_attached(world))


def attached_to_what_is_given(world: World) -> Any:
    details = _description("Completed")
    tuner = _attached(world, job_details=details, estimator_cls=f"{world.package}.estimator.Estimator")
    return [_shown(tuner), [name for name, _ in world.aws.calls if name.startswith("Describe")]]


def attached_to_several(world: World) -> Any:
    answer = _description("Completed")
    definition = answer.pop("TrainingJobDefinition")
    config = answer["HyperParameterTuningJobConfig"]
    objective, ranges = config.pop("HyperParameterTuningJobObjective"), config.pop("ParameterRanges")
    answer["TrainingJobDefinitions"] = [
        {**definition, "DefinitionName": name, "TuningObjective": objective, "HyperParameterRanges": ranges}
        for name in ("a", "b")
    ]
    definition["StaticHyperParameters"] = {"predictor_type": "regressor"}
    for one in answer["TrainingJobDefinitions"]:
        one["StaticHyperParameters"] = {"predictor_type": "regressor", "_tuning_objective_metric": "loss"}
    world.aws.answers["DescribeHyperParameterTuningJob"] = answer
    tuner = _attached(world)
    return [
        sorted(tuner.estimator_dict),
        tuner.objective_metric_name_dict,
        tuner.hyperparameter_ranges_dict(),
        tuner.metric_definitions_dict,
        tuner.objective_type,
        tuner.strategy,
        tuner.max_jobs,
    ]


def one_that_learns(world: World) -> Any:
    tuner = _attached(world).transfer_learning_tuner(additional_parents={"tuning"})
    tuner.fit("s3://bucket/train", job_name="next", wait=False)
    return _shown(tuner)


def one_that_learns_with_another_estimator(world: World) -> None:
    tuner = world["tuner.create_transfer_learning_tuner"](
        "tuning", estimator=world.estimator(instance_count=3), sagemaker_session=_session(world)
    )
    tuner.fit("s3://bucket/train", job_name="next", wait=False)


def one_that_goes_on(world: World) -> None:
    tuner = world["tuner.create_identical_dataset_and_algorithm_tuner"]("tuning", sagemaker_session=_session(world))
    tuner.fit("s3://bucket/train", job_name="next", wait=False)


# Configurations -----------------------------------------------------------------------------------------------------


def warm_starts(world: World) -> Any:
    config, kinds = world["tuner.WarmStartConfig"], world["tuner.WarmStartTypes"]
    made = config(kinds.IDENTICAL_DATA_AND_ALGORITHM, ["one"])
    document = made.to_input_req()
    again = config.from_job_desc(document)
    without = [config.from_job_desc(None), config.from_job_desc({"WarmStartType": "TransferLearning"})]
    return [document, again.type.value, sorted(again.parents), without]


def warm_start_from_nothing(world: World) -> None:
    world["tuner.WarmStartConfig"](world["tuner.WarmStartTypes"].TRANSFER_LEARNING, set())


def completion_criteria(world: World) -> Any:
    config = world["tuner.TuningJobCompletionCriteriaConfig"]
    documents = [
        config().to_input_req(),
        config(3).to_input_req(),
        config(complete_on_convergence=False).to_input_req(),
    ]
    read = [vars(config.from_job_desc(document)) for document in [*documents, config(3, True, 0.0).to_input_req()]]
    return [documents, read]


def hyperband(world: World) -> Any:
    config = world["tuner.StrategyConfig"](world["tuner.HyperbandStrategyConfig"](max_resource=9, min_resource=1))
    again = world["tuner.StrategyConfig"].from_job_desc(config.to_input_req())
    return [config.to_input_req(), again.hyperband_strategy_config.max_resource]


# Of the session ------------------------------------------------------------------------------------------------------


def session_tune(world: World) -> None:
    world.session().tune(
        **_tune(), max_runtime_in_seconds=600, autotune=True, tags=[{"Key": "a", "Value": "b"}], warm_start_config=None
    )


def session_tune_with_every_argument(world: World) -> None:
    world.session().tune(
        **{
            **_tune(),
            "metric_definitions": METRICS,
            "image_uri": None,
            "algorithm_arn": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:algorithm/a",
            "resource_config": None,
            "hpo_resource_config": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 30},
            "vpc_config": {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
            "strategy_config": {"HyperbandStrategyConfig": {"MinResource": 1, "MaxResource": 9}},
            "completion_criteria_config": {"TargetObjectiveMetricValue": 0.5},
            "enable_network_isolation": True,
            "encrypt_inter_container_traffic": True,
            "use_spot_instances": True,
            "checkpoint_s3_uri": "s3://bucket/c",
            "checkpoint_local_path": "/opt/ml/c",
            "random_seed": 3,
            "environment": {"A": "1"},
            "auto_parameters": {"rate": "0.1"},
            "early_stopping_type": "Auto",
        },
        tags=None,
        warm_start_config={
            "WarmStartType": "TransferLearning",
            "ParentHyperParameterTuningJobs": [{"HyperParameterTuningJobName": "p"}],
        },
    )


def session_without_training_jobs(world: World) -> None:
    world.session().create_tuning_job("tuning", {})


def session_with_training_jobs_twice(world: World) -> None:
    world.session().create_tuning_job("tuning", {}, {}, [{}])


def session_describes(world: World) -> Any:
    return _session(world).describe_tuning_job("tuning")["HyperParameterTuningJobStatus"]


def session_waits(world: World) -> Any:
    return _session(world).wait_for_tuning_job("tuning")["HyperParameterTuningJobStatus"]


def _tune() -> dict[str, Any]:
    return {
        "job_name": "tuning",
        "strategy": "Bayesian",
        "objective_type": "Maximize",
        "objective_metric_name": "loss",
        "max_jobs": 3,
        "max_parallel_jobs": 1,
        "parameter_ranges": {"CategoricalParameterRanges": [{"Name": "a", "Values": ["b"]}]},
        "static_hyperparameters": {"epochs": "3"},
        "input_mode": "File",
        "metric_definitions": None,
        "role": ROLE,
        "input_config": None,
        "output_config": {"S3OutputPath": "s3://bucket/out"},
        "resource_config": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30},
        "stop_condition": {"MaxRuntimeInSeconds": 60},
        "image_uri": IMAGE,
    }


def _ranges(world: World) -> dict[str, Any]:
    return {
        "lr": world["tuner.ContinuousParameter"](0.001, 1, scaling_type="Logarithmic"),
        "wd": world["tuner.ContinuousParameter"](0, 0.5),
        "depth": world["tuner.IntegerParameter"](1, 9),
        "name": world["tuner.CategoricalParameter"](["x", "y z", 3]),
        "one": world["tuner.CategoricalParameter"]("only"),
    }


def _tuner(world: World, **changes: Any) -> Any:
    arguments = {
        "objective_metric_name": "loss",
        "hyperparameter_ranges": {"wd": world["tuner.ContinuousParameter"](0.25, 0.5)},
        **changes,
    }
    if "estimator" not in arguments:
        arguments["estimator"] = world.estimator()
    return world["tuner.HyperparameterTuner"](**arguments)


def _pca(world: World) -> Any:
    return world["amazon.pca.PCA"](ROLE, 2, "ml.m5.large", num_components=3, sagemaker_session=world.session())


def _records(world: World, **changes: Any) -> Any:
    arguments = {"s3_data": "s3://bucket/train", "num_records": 10, "feature_dim": 4, "channel": "train", **changes}
    return world["amazon.amazon_estimator.RecordSet"](**arguments)


def _several(world: World, **changes: Any) -> Any:
    ranges = {"wd": world["tuner.ContinuousParameter"](0.25, 0.5)}
    arguments = {
        "estimator_dict": {
            "b": world.framework("pytorch.PyTorch", hyperparameters={"epochs": 3, "lr": 0.5}),
            "a": world.estimator(hyperparameters={"wd": 1, "rate": 2}),
        },
        "objective_metric_name_dict": {"a": "validation:loss", "b": "loss"},
        "hyperparameter_ranges_dict": {"a": ranges, "b": _ranges(world)},
        **changes,
    }
    return world["tuner.HyperparameterTuner"].create(**arguments)


def _attached(world: World, **changes: Any) -> Any:
    return world["tuner.HyperparameterTuner"].attach("tuning", _session(world), **changes)


def _session(world: World) -> Any:
    """Return a session of an AWS that has a tuning job."""
    world.aws.answers.setdefault("DescribeHyperParameterTuningJob", _description("Completed"))
    return world.session()


def _shown(tuner: Any) -> Any:
    criteria, start = tuner.completion_criteria_config, tuner.warm_start_config
    return {
        "estimator": type(tuner.estimator).__name__,
        "hyperparameters": tuner.estimator.hyperparameters(),
        "image": tuner.estimator.training_image_uri(),
        "instances": [tuner.estimator.instance_count, tuner.estimator.instance_type, tuner.estimator.volume_size],
        "output_path": tuner.estimator.output_path,
        "objective": [tuner.objective_metric_name, tuner.objective_type],
        "ranges": tuner.hyperparameter_ranges(),
        "metrics": tuner.metric_definitions,
        "strategy": tuner.strategy,
        "limits": [tuner.max_jobs, tuner.max_parallel_jobs, tuner.max_runtime_in_seconds],
        "early": tuner.early_stopping_type,
        "base": tuner.base_tuning_job_name,
        "seed": tuner.random_seed,
        "criteria": None if criteria is None else vars(criteria),
        "start": None if start is None else [start.type.value, sorted(start.parents)],
        "job": [tuner._current_job_name, tuner.latest_tuning_job and tuner.latest_tuning_job.name],
    }


def _description(status: str, of: str | None = None, **changes: Any) -> dict[str, Any]:
    """Return the description of a tuning job; `of` names the estimator that the best training job is of."""
    training = training_description()
    best = {
        "TrainingJobName": "tuning-002-abcd1234",
        "TrainingJobArn": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:training-job/tuning-002-abcd1234",
        "CreationTime": THE_TIME,
        "TrainingJobStatus": "Completed",
        "TunedHyperParameters": {"wd": "0.3"},
    }
    return {
        "HyperParameterTuningJobName": "tuning-240506-0708",
        "HyperParameterTuningJobArn": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:hyper-parameter-tuning-job/tuning",
        "HyperParameterTuningJobConfig": {
            "Strategy": "Random",
            "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "loss"},
            "ResourceLimits": {"MaxNumberOfTrainingJobs": 5, "MaxParallelTrainingJobs": 2},
            "ParameterRanges": {
                "IntegerParameterRanges": [{"Name": "depth", "MinValue": "1", "MaxValue": "9"}],
                "ContinuousParameterRanges": [{"Name": "wd", "MinValue": "0", "MaxValue": "0.5"}],
                "CategoricalParameterRanges": [{"Name": "name", "Values": ["x", "y"]}],
            },
            "TrainingJobEarlyStoppingType": "Auto",
        },
        "TrainingJobDefinition": {
            "StaticHyperParameters": {"predictor_type": "regressor", "_tuning_objective_metric": "loss"},
            "AlgorithmSpecification": {
                "TrainingImage": f"123456789012.dkr.ecr.{REGION}.amazonaws.com/mine:latest",
                "TrainingInputMode": "File",
                "MetricDefinitions": METRICS,
            },
            "RoleArn": ROLE,
            "InputDataConfig": [],
            "OutputDataConfig": {"S3OutputPath": "s3://bucket/out", "KmsKeyId": "key-2"},
            "ResourceConfig": training["ResourceConfig"],
            "StoppingCondition": training["StoppingCondition"],
        },
        "HyperParameterTuningJobStatus": status,
        "CreationTime": THE_TIME,
        "TrainingJobStatusCounters": {"Completed": 2},
        "ObjectiveStatusCounters": {"Succeeded": 2},
        "BestTrainingJob": {**best, **({"TrainingJobDefinitionName": of} if of else {})},
        **changes,
    }
