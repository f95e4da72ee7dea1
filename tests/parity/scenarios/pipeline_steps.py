"""Steps that process, search and check, and models that are registered, in pipelines."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.parity.recording import BUCKET, ROLE
from tests.parity.scenarios.pipelines import _defined, _framework, _parameter, _quiet, _session, _step, _training
from tests.parity.world import FRAMEWORK_IMAGE, IMAGE, World


def _processor(world: World, session: Any, path: str = "processing.Processor", **changes: Any) -> Any:
    arguments = {
        "role": ROLE,
        "image_uri": FRAMEWORK_IMAGE,
        "instance_count": 1,
        "instance_type": "ml.m5.large",
        "sagemaker_session": session,
        **changes,
    }
    return world[path](**arguments)


def _input(world: World, *arguments: Any, **more: Any) -> Any:
    return world["processing.ProcessingInput"](*arguments, **more)


def _output(world: World, *arguments: Any, **more: Any) -> Any:
    return world["processing.ProcessingOutput"](*arguments, **more)


@_quiet
def a_processing_step(world: World) -> Any:
    session = _session(world)
    world.files(rows_csv="1,2")
    rows = _parameter(world, "String", "Rows")
    job = _processor(world, session, entrypoint=["python3", "/opt/it.py"]).run(
        inputs=[
            _input(world, rows, "/opt/ml/processing/rows"),
            _input(world, "rows.csv", "/opt/ml/processing/here", input_name="here"),
            _input(world, "s3://bucket/more", "/opt/ml/processing/more"),
        ],
        outputs=[
            _output(world, source="/opt/ml/processing/out"),
            _output(world, source="/opt/ml/processing/named", output_name="named"),
            _output(world, source="/opt/ml/processing/there", destination="s3://bucket/there"),
            _output(world, source="/opt/ml/processing/var", destination=rows),
        ],
        arguments=["--rows", rows, "--n", _parameter(world, "Integer", "N", 1).to_string()],
    )
    step = _step(world, "steps.ProcessingStep", "Process", job)
    return _defined(world, step, parameters=[rows], sagemaker_session=session)


@_quiet
def a_processing_step_below_a_prefix(world: World) -> Any:
    session = _session(world, default_bucket_prefix="team/prices")
    world.files(process_py="print(1)", rows_csv="1,2")
    processor = _processor(world, session, "processing.ScriptProcessor", command=["python3"])
    job = processor.run(
        "process.py",
        inputs=[_input(world, "rows.csv", "/opt/ml/processing/here")],
        outputs=[_output(world, source="/opt/ml/processing/out")],
    )
    return _defined(world, _step(world, "steps.ProcessingStep", "Process", job), sagemaker_session=session)


@_quiet
def a_processing_step_of_variables(world: World) -> Any:
    session = _session(world)
    text, count = _parameter(world, "String", "Text", "x"), _parameter(world, "Integer", "Count", 1)
    network = world["network.NetworkConfig"](
        enable_network_isolation=_parameter(world, "Boolean", name="Flag"),
        security_group_ids=[text],
        subnets=[text],
        encrypt_inter_container_traffic=_parameter(world, "Boolean", name="Flag"),
    )
    processor = _processor(
        world,
        session,
        role=text,
        image_uri=text,
        instance_count=count,
        instance_type=text,
        entrypoint=[text],
        volume_size_in_gb=count,
        volume_kms_key=text,
        output_kms_key=text,
        max_runtime_in_seconds=count,
        env={"A": text},
        tags=[{"Key": "k", "Value": text}],
        network_config=network,
    )
    job = processor.run(inputs=[_input(world, text, text, text)], outputs=[_output(world, text, text, text, text)])
    return _defined(world, _step(world, "steps.ProcessingStep", "Process", job), sagemaker_session=session)


@_quiet
def property_files_and_conditions(world: World) -> Any:
    session = _session(world)
    world.files(evaluate_py="print(1)")
    file = world["workflow.properties.PropertyFile"]("Report", output_name="evaluation", path="report.json")
    processor = _processor(world, session, "processing.ScriptProcessor", command=["python3"])
    job = processor.run("evaluate.py", outputs=[_output(world, source="/opt/out", output_name="evaluation")])
    cache = _step(world, "steps.CacheConfig", True, "P30D")
    evaluate = _step(world, "steps.ProcessingStep", "Evaluate", job, property_files=[file], cache_config=cache)
    get = world["workflow.functions.JsonGet"]
    by_file = get(step_name=evaluate.name, property_file=file, json_path="rmse.value")
    by_name = get(step_name="Evaluate", property_file="Report", json_path="rows[0]")
    compare = world["workflow.conditions.ConditionLessThanOrEqualTo"]
    join = world["workflow.functions.Join"](on=" ", values=["rmse was", by_file])
    choose = _step(
        world,
        "condition_step.ConditionStep",
        "Choose",
        conditions=[compare(by_file, 6.0), compare(by_name, _parameter(world, "Float", "Limit", 1.0))],
        if_steps=[_step(world, "steps.TrainingStep", "Train", _training(world, session))],
        else_steps=[_step(world, "fail_step.FailStep", "Fail", error_message=join)],
    )
    output = evaluate.properties.ProcessingOutputConfig.Outputs["evaluation"].S3Output.S3Uri
    after = _step(world, "fail_step.FailStep", "After", error_message=output)
    return _defined(world, evaluate, choose, after, sagemaker_session=session)


@_quiet
def a_property_file_that_nobody_leaves(world: World) -> None:
    session = _session(world)
    job = _processor(world, session).run(outputs=[_output(world, source="/opt/out", output_name="other")])
    file = world["workflow.properties.PropertyFile"]("Report", output_name="evaluation", path="report.json")
    evaluate = _step(world, "steps.ProcessingStep", "Evaluate", job, property_files=[file])
    read = world["workflow.functions.JsonGet"]("Evaluate", file, "a")
    equals = world["workflow.conditions.ConditionEquals"](read, 1)
    choose = _step(world, "condition_step.ConditionStep", "Choose", conditions=[equals])
    world["workflow.pipeline.PipelineGraph"]([evaluate, choose])


@_quiet
def a_step_of_a_frameworks_processor(world: World) -> Any:
    session = _session(world)
    world.files(src__process_py="print(1)", src__requirements_txt="numpy")
    processor = _processor(
        world,
        session,
        "processing.FrameworkProcessor",
        estimator_cls=world["sklearn.SKLearn"],
        framework_version="1.2-1",
    )
    job = processor.run(code="process.py", source_dir="src", outputs=[_output(world, source="/opt/out")])
    defined = _defined(world, _step(world, "steps.ProcessingStep", "Process", job), sagemaker_session=session)
    return _without_digest_of_launcher(world, defined)


@_quiet
def a_step_of_scikit_learns_processor(world: World) -> Any:
    session = _session(world)
    world.files(process_py="print(1)")
    processor = world["sklearn.processing.SKLearnProcessor"](
        framework_version="1.2-1",
        role=ROLE,
        instance_type="ml.m5.large",
        instance_count=_parameter(world, "Integer", "N", 1),
        base_job_name="prices",
        sagemaker_session=session,
    )
    job = processor.run(code="process.py", arguments=["--a", "1"])
    return _defined(world, _step(world, "steps.ProcessingStep", "Process", job), sagemaker_session=session)


@_quiet
def a_step_of_spark(world: World) -> Any:
    session = _session(world)
    world.files(app_py="print(1)", helper_py="x = 1")
    processor = world["spark.processing.PySparkProcessor"](
        framework_version="3.3",
        role=ROLE,
        instance_count=2,
        instance_type="ml.m5.xlarge",
        sagemaker_session=session,
        image_uri=FRAMEWORK_IMAGE,
    )
    job = processor.run(
        submit_app="app.py",
        submit_py_files=["helper.py"],
        configuration=[{"Classification": "spark-defaults", "Properties": {"spark.executor.memory": "2g"}}],
    )
    return _defined(world, _step(world, "steps.ProcessingStep", "Process", job), sagemaker_session=session)


@_quiet
def an_outdated_processing_step(world: World) -> Any:
    session = world.session()
    world.files(process_py="print(1)")
    rows = _parameter(world, "String", "Rows")
    script = _processor(world, session, "processing.ScriptProcessor", command=["python3"])
    steps = [
        _step(
            world,
            "steps.ProcessingStep",
            name="Script",
            processor=script,
            inputs=[_input(world, rows, "/opt/ml/processing/rows")],
            outputs=[_output(world, source="/opt/out", output_name="out")],
            job_arguments=["--a", rows],
            code="process.py",
        ),
        _step(world, "steps.ProcessingStep", name="Plain", processor=_processor(world, session)),
    ]
    return _defined(world, *steps, sagemaker_session=session)


def _without_digest_of_launcher(world: World, defined: Any) -> Any:
    """Return a definition without the digest of the script that unpacks a framework's code: it is not v2's."""
    world.aws.calls.clear()
    return json.loads(re.sub(r"/code/[0-9a-f]{64}/runproc", "/code/<digest>/runproc", json.dumps(defined)))


def _tuner(world: World, estimator: Any, **changes: Any) -> Any:
    ranges = {
        "eta": world["tuner.ContinuousParameter"](_parameter(world, "Float", "Low", 0.1), 0.5),
        "depth": world["tuner.IntegerParameter"](1, _parameter(world, "Integer", "High", 9)),
        "kind": world["tuner.CategoricalParameter"](["a", "b"]),
    }
    definitions = [{"Name": "rmse", "Regex": "rmse=(.*)"}]
    return world["tuner.HyperparameterTuner"](
        **{
            "estimator": estimator,
            "objective_metric_name": "rmse",
            "hyperparameter_ranges": ranges,
            "metric_definitions": definitions,
            "objective_type": "Minimize",
            "max_jobs": 4,
            "max_parallel_jobs": 2,
            **changes,
        }
    )


@_quiet
def a_tuning_step(world: World) -> Any:
    session = _session(world)
    estimator = world.estimator(
        image_uri=FRAMEWORK_IMAGE, sagemaker_session=session, hyperparameters={"n": _parameter(world, "Integer", "N")}
    )
    job = _tuner(world, estimator).fit({"train": _parameter(world, "String", "Rows")})
    cache = _step(world, "steps.CacheConfig", True, "P30D")
    tune = _step(world, "steps.TuningStep", "Tune", job, cache_config=cache)
    best = world.model(model_data=tune.get_top_model_s3_uri(0, BUCKET, "out"), sagemaker_session=session)
    keep = _step(world, "model_step.ModelStep", "Keep", best.create("ml.m5.large"))
    name = tune.properties.BestTrainingJob.TrainingJobName
    second = tune.get_top_model_s3_uri(top_k=1, s3_bucket=_parameter(world, "String", "Bucket"))
    last = _step(
        world,
        "fail_step.FailStep",
        "Fail",
        error_message=world["workflow.functions.Join"](on=" ", values=[name, second]),
    )
    return _defined(world, tune, keep, last, sagemaker_session=session)


@_quiet
def a_tuning_step_with_a_script(world: World) -> Any:
    session = _session(world)
    job = _tuner(world, _framework(world, session, hyperparameters={"epochs": 3})).fit("s3://bucket/train")
    return _defined(world, _step(world, "steps.TuningStep", "Tune", job), sagemaker_session=session)


@_quiet
def an_outdated_tuning_step(world: World) -> Any:
    session = world.session()
    estimator = world.estimator(image_uri=FRAMEWORK_IMAGE, sagemaker_session=session)
    inputs = world["inputs.TrainingInput"](_parameter(world, "String", "Rows"))
    step = _step(world, "steps.TuningStep", name="Tune", tuner=_tuner(world, estimator), inputs={"train": inputs})
    return _defined(world, step, sagemaker_session=session)


@_quiet
def the_pipeline_of_the_examples(world: World) -> Any:
    """What most notebooks build: process, train, evaluate, and keep the model where it is good enough."""
    session = _session(world)
    world.files(preprocess_py="print(1)", evaluate_py="print(2)")
    count = _parameter(world, "Integer", "ProcessingInstanceCount", 1)
    rows = _parameter(world, "String", "InputData", f"s3://{BUCKET}/rows")
    limit = _parameter(world, "Float", "MseThreshold", 6.0)
    script = _processor(
        world, session, "processing.ScriptProcessor", command=["python3"], instance_count=count, base_job_name="prep"
    )
    outputs = [_output(world, output_name=name, source=f"/opt/ml/processing/{name}") for name in ("train", "test")]
    prepare = _step(
        world,
        "steps.ProcessingStep",
        name="Prepare",
        step_args=script.run(
            code="preprocess.py", inputs=[_input(world, source=rows, destination="/opt/in")], outputs=outputs
        ),
    )
    uri = prepare.properties.ProcessingOutputConfig.Outputs["train"].S3Output.S3Uri
    train = _step(
        world,
        "steps.TrainingStep",
        name="Train",
        step_args=_training(
            world,
            session,
            output_path=f"s3://{BUCKET}/Train",
            hyperparameters={"objective": "reg:linear", "num_round": 50},
            inputs={"train": world["inputs.TrainingInput"](s3_data=uri, content_type="text/csv")},
        ),
    )
    data = train.properties.ModelArtifacts.S3ModelArtifacts
    report = world["workflow.properties.PropertyFile"](
        name="Evaluation", output_name="evaluation", path="evaluation.json"
    )
    evaluate = _step(
        world,
        "steps.ProcessingStep",
        name="Evaluate",
        step_args=_processor(world, session, "processing.ScriptProcessor", command=["python3"]).run(
            code="evaluate.py",
            inputs=[_input(world, source=data, destination="/opt/ml/processing/model")],
            outputs=[_output(world, output_name="evaluation", source="/opt/ml/processing/evaluation")],
        ),
        property_files=[report],
    )
    create = _step(
        world,
        "model_step.ModelStep",
        name="Create",
        step_args=world.model(model_data=data, sagemaker_session=session).create(instance_type="ml.m5.large"),
    )
    transformer = world["transformer.Transformer"](
        model_name=create.properties.ModelName,
        instance_type="ml.m5.xlarge",
        instance_count=1,
        output_path=f"s3://{BUCKET}/Transform",
        sagemaker_session=session,
    )
    transform = _step(world, "steps.TransformStep", name="Transform", step_args=transformer.transform(data=rows))
    choose = _step(
        world,
        "condition_step.ConditionStep",
        name="Choose",
        conditions=[
            world["workflow.conditions.ConditionLessThanOrEqualTo"](
                left=world["workflow.functions.JsonGet"](
                    step_name=evaluate.name, property_file=report, json_path="regression_metrics.mse.value"
                ),
                right=limit,
            )
        ],
        if_steps=[create, transform],
        else_steps=[
            _step(
                world,
                "fail_step.FailStep",
                name="Fail",
                error_message=world["workflow.functions.Join"](on=" ", values=["Failed due to MSE >", limit]),
            )
        ],
    )
    parameters = [count, rows, limit]
    return _defined(world, prepare, train, evaluate, choose, parameters=parameters, sagemaker_session=session)


@_quiet
def what_an_estimator_trains_is_transformed(world: World) -> Any:
    session = world.session()
    world.files(inference_py="print(1)")
    inputs = world["inputs.TransformInput"]("s3://bucket/rows", content_type="text/csv")
    make = world["workflow.step_collections.EstimatorTransformer"]
    estimator = world.estimator(sagemaker_session=session)
    shared = {
        "estimator": estimator,
        "model_data": _parameter(world, "String", "Model"),
        "model_inputs": world["inputs.CreateModelInput"]("ml.m5.large"),
        "instance_count": 1,
        "instance_type": "ml.m5.large",
        "transform_inputs": inputs,
        "output_path": "s3://bucket/out",
    }
    plain = make(name="Plain", **shared, env={"A": "1"}, tags=[{"Key": "k", "Value": "v"}], max_payload=2)
    coded = make(
        name="Coded",
        **shared,
        depends_on=[plain],
        entry_point="inference.py",
        display_name="Coded",
        image_uri=IMAGE,
    )
    return _defined(world, plain, coded, sagemaker_session=session)


def _metrics(world: World, uri: Any) -> Any:
    source = world["model_metrics.MetricsSource"](s3_uri=uri, content_type="application/json")
    return world["model_metrics.ModelMetrics"](model_statistics=source)


@_quiet
def a_model_is_registered(world: World) -> Any:
    session = _session(world)
    train = _step(world, "steps.TrainingStep", "Train", _training(world, session))
    text = _parameter(world, "String", "Text")
    model = world.model(model_data=train.properties.ModelArtifacts.S3ModelArtifacts, sagemaker_session=session)
    job = model.register(
        content_types=["text/csv", text],
        response_types=["text/csv"],
        inference_instances=["ml.m5.large", text],
        transform_instances=[text],
        model_package_group_name=text,
        approval_status=text,
        description="The model.",
        model_metrics=_metrics(world, text),
        customer_metadata_properties={"a": text},
        domain="MACHINE_LEARNING",
        task="REGRESSION",
    )
    step = _step(world, "model_step.ModelStep", "Keep", job, depends_on=[train], description="Keeps it.")
    return _defined(world, train, step, parameters=[text], sagemaker_session=session)


@_quiet
def a_model_whose_code_is_packed_by_the_run_is_registered(world: World) -> Any:
    session = _session(world)
    world.files(inference_py="print(1)")
    data = _parameter(world, "String", "Model")
    model = world["pytorch.PyTorchModel"](
        data, ROLE, "inference.py", image_uri=FRAMEWORK_IMAGE, sagemaker_session=session
    )
    job = model.register(
        ["text/csv"], ["text/csv"], ["ml.m5.large"], ["ml.m5.large"], model_package_group_name="prices"
    )
    return _defined(world, _step(world, "model_step.ModelStep", "Keep", job), sagemaker_session=session)


@_quiet
def models_in_a_row_are_registered(world: World) -> Any:
    session = _session(world)
    models = [world.model(model_data=_parameter(world, "String", name), sagemaker_session=session) for name in "AB"]
    row = world["pipeline.PipelineModel"](models, ROLE, sagemaker_session=session)
    job = row.register(["text/csv"], ["text/csv"], ["ml.m5.large"], ["ml.m5.large"], model_package_group_name="prices")
    return _defined(world, _step(world, "model_step.ModelStep", "Keep", job), sagemaker_session=session)


@_quiet
def models_are_registered_in_the_outdated_way(world: World) -> Any:
    session = world.session()
    world.files(inference_py="print(1)")
    register = world["workflow.step_collections.RegisterModel"]
    data = _parameter(world, "String", "Model")
    shared = {
        "content_types": ["text/csv"],
        "response_types": ["text/csv"],
        "inference_instances": ["ml.m5.large"],
        "transform_instances": ["ml.m5.large"],
        "model_package_group_name": "prices",
    }
    of_estimator = register(
        name="Plain",
        estimator=world.estimator(sagemaker_session=session),
        model_data=data,
        approval_status="Approved",
        model_metrics=_metrics(world, "s3://bucket/m.json"),
        tags=[{"Key": "k", "Value": "v"}],
        **shared,
    )
    of_model = register(
        name="Model", model=world.model(model_data=data, sagemaker_session=session), framework="PYTORCH", **shared
    )
    row = world["pipeline.PipelineModel"](
        [world.model(model_data=data, sagemaker_session=session) for _ in range(2)], ROLE, sagemaker_session=session
    )
    of_row = register(name="Row", model=row, depends_on=[of_model], description="d", display_name="Row", **shared)
    with_code = register(
        name="Coded",
        estimator=world.estimator(sagemaker_session=session),
        model_data=data,
        image_uri=FRAMEWORK_IMAGE,
        entry_point="inference.py",
        depends_on=["Model"],
        **shared,
    )
    return _defined(world, of_estimator, of_model, of_row, with_code, sagemaker_session=session)


def _checked_on(world: World, session: Any, **changes: Any) -> Any:
    arguments = {"role": ROLE, "sagemaker_session": session, **changes}
    return world["workflow.check_job_config.CheckJobConfig"](**arguments)


def _data_quality(world: World, **changes: Any) -> Any:
    csv = world["model_monitor.dataset_format.DatasetFormat"].csv(header=True)
    arguments = {"baseline_dataset": "s3://bucket/rows.csv", "dataset_format": csv, **changes}
    return world["workflow.quality_check_step.DataQualityCheckConfig"](**arguments)


@_quiet
def the_quality_of_data_is_checked(world: World) -> Any:
    session = _session(world)
    world.files(before_py="print(1)")
    text, flag = _parameter(world, "String", "Text"), _parameter(world, "Boolean", name="Flag")
    on = _checked_on(world, session, instance_count=2, volume_size_in_gb=40, env={"A": text}, base_job_name="check")
    config = _data_quality(
        world,
        baseline_dataset=text,
        output_s3_uri="s3://bucket/out",
        record_preprocessor_script="s3://bucket/before.py",
        post_analytics_processor_script="s3://bucket/after.py",
    )
    step = _step(
        world,
        "quality_check_step.QualityCheckStep",
        name="Check",
        quality_check_config=config,
        check_job_config=on,
        skip_check=flag,
        fail_on_violation=flag,
        register_new_baseline=True,
        model_package_group_name=text,
        supplied_baseline_statistics=text,
        supplied_baseline_constraints="s3://bucket/c.json",
        cache_config=_step(world, "steps.CacheConfig", True, "P1D"),
        display_name="Check it",
    )
    after = _step(world, "fail_step.FailStep", "Fail", error_message=step.properties.CalculatedBaselineConstraints)
    return _defined(world, step, after, sagemaker_session=session)


@_quiet
def the_quality_of_a_model_is_checked(world: World) -> Any:
    session = _session(world)
    config = world["workflow.quality_check_step.ModelQualityCheckConfig"](
        baseline_dataset="s3://bucket/rows.csv",
        dataset_format=world["model_monitor.dataset_format.DatasetFormat"].json(),
        problem_type="Regression",
        inference_attribute=0,
        ground_truth_attribute=_parameter(world, "String", "Truth"),
        output_s3_uri="s3://bucket/out",
    )
    step = _step(
        world, "quality_check_step.QualityCheckStep", "Check", config, _checked_on(world, session), depends_on=[]
    )
    return _defined(world, step, sagemaker_session=session)


def _clarify_data(world: World, **changes: Any) -> Any:
    arguments = {
        "s3_data_input_path": "s3://bucket/rows.csv",
        "s3_output_path": "s3://bucket/out",
        "label": "price",
        "headers": ["price", "area", "city"],
        "dataset_type": "text/csv",
        **changes,
    }
    return world["clarify.DataConfig"](**arguments)


def _bias(world: World) -> Any:
    return world["clarify.BiasConfig"](label_values_or_threshold=[1], facet_name="city", facet_values_or_threshold=[3])


def _asked_model(world: World) -> Any:
    return world["clarify.ModelConfig"](
        model_name=_parameter(world, "String", "Model"),
        instance_count=1,
        instance_type="ml.m5.large",
        accept_type="text/csv",
    )


def _clarify_step(world: World, config: Any, session: Any, name: str = "Check", **more: Any) -> Any:
    return _step(
        world,
        "clarify_check_step.ClarifyCheckStep",
        name=name,
        clarify_check_config=config,
        check_job_config=_checked_on(world, session),
        **more,
    )


@_quiet
def bias_and_explanations_are_checked(world: World) -> Any:
    session, at = _session(world), "workflow.clarify_check_step."
    of_data = world[f"{at}DataBiasCheckConfig"](
        data_config=_clarify_data(world, s3_analysis_config_output_path="s3://bucket/config"),
        data_bias_config=_bias(world),
        methods=["CI", "DPL"],
    )
    of_model = world[f"{at}ModelBiasCheckConfig"](
        data_config=_clarify_data(world),
        data_bias_config=_bias(world),
        model_config=_asked_model(world),
        model_predicted_label_config=world["clarify.ModelPredictedLabelConfig"](probability_threshold=0.8),
    )
    explained = world[f"{at}ModelExplainabilityCheckConfig"](
        data_config=_clarify_data(world),
        model_config=_asked_model(world),
        explainability_config=world["clarify.SHAPConfig"](baseline=[[1, 2]], num_samples=5, agg_method="mean_abs"),
        model_scores=0,
    )
    group = _parameter(world, "String", "Group")
    steps = [
        _clarify_step(world, of_data, session, "Data", model_package_group_name=group, skip_check=True),
        _clarify_step(world, of_model, session, "Model", supplied_baseline_constraints=group),
        _clarify_step(world, explained, session, "Explained", register_new_baseline=True),
    ]
    defined = _defined(world, *steps, sagemaker_session=session)
    documents = {
        key: json.loads(body) for key, body in world.aws.stored.items() if key.endswith("analysis_config.json")
    }
    keys = [re.sub(r"[0-9a-f-]{36}/analysis", "<uuid>/analysis", key) for key in documents]
    world.aws.calls.clear()
    texts = [json.dumps(document, sort_keys=True) for document in documents.values()]
    return [defined, sorted(zip(keys, texts, strict=True))]


@_quiet
def checks_without_a_place_for_their_documents(world: World) -> Any:
    session, at, found = _session(world), "workflow.clarify_check_step.", []
    place = _parameter(world, "String", "Place")
    for data in (
        _clarify_data(world, s3_output_path=place),
        _clarify_data(world, s3_analysis_config_output_path=place),
    ):
        try:
            _clarify_step(world, world[f"{at}DataBiasCheckConfig"](data, _bias(world)), session)
        except RuntimeError as error:
            found.append(str(error))
    for path, argument in (("quality_check_step.Quality", "quality"), ("clarify_check_step.Clarify", "clarify")):
        try:
            arguments = {f"{argument}_check_config": object(), "check_job_config": _checked_on(world, session)}
            _step(world, f"{path}CheckStep", name="Check", **arguments)
        except RuntimeError as error:
            found.append(str(error))
    return found


@_quiet
def what_is_transformed_is_checked(world: World) -> Any:
    session = _session(world)
    transformer = world["transformer.Transformer"]("model", 1, "ml.m5.large", sagemaker_session=session)
    job = transformer.transform("s3://bucket/rows")
    monitored = world["workflow.monitor_batch_transform_step.MonitorBatchTransformStep"]
    config = _data_quality(world, output_s3_uri="s3://bucket/out")
    steps = [
        monitored(
            name="First",
            transform_step_args=job,
            monitor_configuration=config,
            check_job_configuration=_checked_on(world, session),
            monitor_before_transform=True,
            supplied_baseline_statistics="s3://bucket/s.json",
            display_name="First",
        ),
        monitored("Then", job, config, _checked_on(world, session), description="d", fail_on_violation=False),
    ]
    return _defined(world, *steps, sagemaker_session=session)


@_quiet
def a_step_that_searches_for_a_model_by_itself(world: World) -> Any:
    session = _session(world)
    auto = world["automl.automl.AutoML"](
        role=ROLE,
        target_attribute_name="price",
        sagemaker_session=session,
        mode="ENSEMBLING",
        total_job_runtime_in_seconds=3600,
        output_path="s3://bucket/out",
    )
    source = world["automl.automl.AutoMLInput"](
        inputs=_parameter(world, "String", "Rows"), target_attribute_name="price", channel_type="training"
    )
    search = _step(world, "automl_step.AutoMLStep", name="Search", step_args=auto.fit(inputs=[source]))
    model = search.get_best_auto_ml_model(ROLE, session)
    keep = _step(world, "model_step.ModelStep", "Keep", model.create("ml.m5.large"))
    report = search.properties.BestCandidateProperties.ModelInsightsJsonReportPath
    last = _step(world, "fail_step.FailStep", "Fail", error_message=report)
    return _defined(world, search, keep, last, sagemaker_session=session)
