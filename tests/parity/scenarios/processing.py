"""Processors of containers and scripts: the requests they make, and what is printed while their jobs are followed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.parity.recording import REGION, ROLE, THE_TIME, Refusal
from tests.parity.world import World

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-image:1"
IN, OUT = "/opt/ml/processing/input", "/opt/ml/processing/output"


def one_job(world: World) -> Any:
    processor = _processor(world)
    processor.run(wait=False, logs=False)
    return [len(processor.jobs), processor.latest_job is processor.jobs[0]]


def every_argument(world: World) -> Any:
    processor = _processor(
        world,
        role="Role",
        instance_count=2,
        entrypoint=["python3", "run.py"],
        volume_size_in_gb=50,
        volume_kms_key="key-1",
        output_kms_key="key-2",
        max_runtime_in_seconds=600,
        base_job_name="prices",
        env={"A": "1"},
        tags=[{"Key": "team", "Value": "prices"}],
        network_config=world["network.NetworkConfig"](True, ["sg-1"], ["subnet-1"], True),
    )
    source = world["processing.ProcessingInput"](
        "s3://bucket/rows",
        IN,
        "rows",
        s3_data_type="ManifestFile",
        s3_input_mode="Pipe",
        s3_data_distribution_type="ShardedByS3Key",
        s3_compression_type="Gzip",
        app_managed=True,
    )
    output = world["processing.ProcessingOutput"](OUT, "s3://bucket/out", "out", "Continuous", app_managed=True)
    processor.run(
        [source],
        [output],
        ["--depth", "3"],
        wait=False,
        logs=False,
        experiment_config={"ExperimentName": "e", "TrialName": "t", "TrialComponentDisplayName": "d"},
    )
    job = processor.latest_job
    return [processor.tags, processor.arguments, job.output_kms_key, job.inputs[0].source, job.outputs[0].destination]


def a_job_with_a_name_of_its_own(world: World) -> Any:
    processor = _processor(world, tags={"team": "prices"})
    processor.run(wait=False, logs=False, job_name="job")
    return [processor.latest_job.name, processor.latest_job.job_name]


def inputs_and_outputs_without_names(world: World) -> Any:
    sources = [_input(world), _input(world), _input(world, input_name="mine")]
    outputs = [_output(world), _output(world, output_name="mine"), _output(world, destination="s3://bucket/x")]
    _processor(world).run(sources, outputs, wait=False, logs=False, job_name="job")
    return [[source.input_name for source in sources], [output.destination for output in outputs]]


def a_file_and_a_folder_of_this_machine(world: World) -> Any:
    world.files(rows_csv="1,2", folder__a_csv="1", folder__b_csv="2")
    sources = [_input(world, source="rows.csv"), _input(world, source="folder")]
    _processor(world).run(sources, wait=False, logs=False, job_name="job")
    return [[source.source, source.s3_input.s3_uri] for source in sources]


def encrypted_uploads(world: World) -> None:
    world.files(rows_csv="1,2")
    _processor(world, output_kms_key="key-2").run(
        [_input(world, source="rows.csv")], wait=False, logs=False, job_name="job", kms_key="key-1"
    )


def data_of_one_job_used_in_the_next(world: World) -> Any:
    processor, source, output = _processor(world), _input(world), _output(world)
    processor.run([source], [output], wait=False, logs=False, job_name="one")
    processor.run([source], [output], wait=False, logs=False, job_name="two")
    return [output.destination, [job.name for job in processor.jobs]]


def default_bucket_with_a_prefix(world: World) -> None:
    world.files(rows_csv="1,2")
    session = world.session(default_bucket_prefix="team/prices")
    sources, outputs = [_input(world, source="rows.csv")], [_output(world)]
    _processor(world, sagemaker_session=session).run(sources, outputs, wait=False, logs=False, job_name="job")


def an_input_of_objects_given_whole(world: World) -> Any:
    s3_input = world["dataset_definition.inputs.S3Input"]("s3://bucket/rows", IN, s3_input_mode="Pipe")
    source = world["processing.ProcessingInput"](s3_input=s3_input, input_name="rows")
    _processor(world).run([source], wait=False, logs=False, job_name="job")
    return [source.source, source.destination, source.s3_input_mode, s3_input == s3_input]


def an_answer_of_athena(world: World) -> None:
    query = world["dataset_definition.AthenaDatasetDefinition"](
        "catalog", "database", "SELECT 1", "s3://bucket/q", "group", "key", "PARQUET", "SNAPPY"
    )
    definition = world["dataset_definition.DatasetDefinition"](local_path=IN, athena_dataset_definition=query)
    source = world["processing.ProcessingInput"](dataset_definition=definition, app_managed=True)
    _processor(world).run([source], wait=False, logs=False, job_name="job")


def an_answer_of_redshift(world: World) -> None:
    query = world["dataset_definition.inputs.RedshiftDatasetDefinition"](
        "cluster", "database", "user", "SELECT 1", f"{ROLE}2", "s3://bucket/q", "key", "CSV", "None"
    )
    definition = world["dataset_definition.inputs.DatasetDefinition"](
        "FullyReplicated", "Pipe", IN, redshift_dataset_definition=query
    )
    source = world["processing.ProcessingInput"](dataset_definition=definition, input_name="rows")
    _processor(world).run([source], wait=False, logs=False, job_name="job")


def an_output_for_a_feature_group(world: World) -> None:
    group = world["processing.FeatureStoreOutput"](feature_group_name="group")
    outputs = [_output(world, source=None, app_managed=True, feature_store_output=group), _output(world)]
    _processor(world).run(outputs=outputs, wait=False, logs=False, job_name="job")


def networks(world: World) -> Any:
    network = world["network.NetworkConfig"]
    given: list[dict[str, Any]] = [
        {},
        {"enable_network_isolation": True},
        {"subnets": ["subnet-1"], "security_group_ids": ["sg-1"]},
        {"encrypt_inter_container_traffic": False},
    ]
    return [network(**arguments)._to_request_dict() for arguments in given]


def logs_without_waiting(world: World) -> None:
    _processor(world).run(wait=False)


def no_role(world: World) -> None:
    _processor(world, role=None)


def gzip_without_a_pipe(world: World) -> None:
    source = _input(world, s3_compression_type="Gzip")
    _processor(world).run([source], wait=False, logs=False, job_name="job")


def an_input_that_is_none(world: World) -> None:
    _processor(world).run(["s3://bucket/rows"], wait=False, logs=False)


def an_output_that_is_none(world: World) -> None:
    _processor(world).run(outputs=["s3://bucket/rows"], wait=False, logs=False)


def job_of_a_name(world: World) -> Any:
    world.aws.answers["DescribeProcessingJob"] = processing_description()
    return _told(world["processing.ProcessingJob"].from_processing_name(world.session(), "job"))


def job_of_an_arn(world: World) -> Any:
    world.aws.answers["DescribeProcessingJob"] = processing_description()
    arn = f"arn:aws:sagemaker:{REGION}:123456789012:processing-job/job"
    return _told(world["processing.ProcessingJob"].from_processing_arn(world.session(), arn))


def job_with_everything_of_a_name(world: World) -> Any:
    sources = [
        {
            "InputName": "rows",
            "AppManaged": True,
            "S3Input": {
                "S3Uri": "s3://bucket/rows",
                "LocalPath": IN,
                "S3DataType": "S3Prefix",
                "S3InputMode": "Pipe",
                "S3DataDistributionType": "ShardedByS3Key",
                "S3CompressionType": "Gzip",
            },
        },
        {
            "InputName": "query",
            "AppManaged": False,
            "DatasetDefinition": {
                "LocalPath": IN,
                "DataDistributionType": "FullyReplicated",
                "InputMode": "File",
                "AthenaDatasetDefinition": {
                    "Catalog": "c",
                    "Database": "d",
                    "QueryString": "SELECT 1",
                    "OutputS3Uri": "s3://bucket/q",
                    "OutputFormat": "PARQUET",
                },
            },
        },
    ]
    place = {"S3Uri": "s3://bucket/out", "LocalPath": OUT, "S3UploadMode": "EndOfJob"}
    targets = [
        {"OutputName": "out", "S3Output": place, "AppManaged": False},
        {"OutputName": "group", "FeatureStoreOutput": {"FeatureGroupName": "g"}, "AppManaged": True},
    ]
    world.aws.answers["DescribeProcessingJob"] = processing_description(
        ProcessingInputs=sources, ProcessingOutputConfig={"Outputs": targets, "KmsKeyId": "key"}
    )
    job = world["processing.ProcessingJob"].from_processing_name(world.session(), "job")
    query = job.inputs[1].dataset_definition
    return [
        _told(job),
        [source._to_request_dict() for source in job.inputs],
        [output._to_request_dict() for output in job.outputs],
        [query.input_mode, query.athena_dataset_definition.output_s3_uri, query.redshift_dataset_definition],
        job.outputs[1].feature_store_output.feature_group_name,
    ]


def parts_of_a_request(world: World) -> Any:
    job = world["processing.ProcessingJob"]
    return [
        job.prepare_app_specification(["a"], ["b"], "image"),
        job.prepare_app_specification(None, None, "image"),
        job.prepare_output_config("key", [{"OutputName": "out"}]),
        job.prepare_output_config(None, []),
        job.prepare_processing_resources(1, "ml.m5.large", "key", 30),
        job.prepare_processing_resources(1, "ml.m5.large", None, 30),
        job.prepare_stopping_condition(60),
    ]


def described(world: World) -> Any:
    world.aws.answers["DescribeProcessingJob"] = processing_description()
    session = world.session()
    return [session.describe_processing_job("job")["ProcessingJobName"], session.was_processing_job_successful("job")]


def stopped(world: World) -> None:
    processor = _processor(world)
    processor.run(wait=False, logs=False, job_name="job")
    processor.latest_job.stop()


def stopped_without_permission(world: World) -> None:
    world.aws.answers["StopProcessingJob"] = Refusal("AccessDeniedException", "no")
    world.session().stop_processing_job("job")


def completed_job(world: World) -> None:
    _speak(world)
    _processor(world).run(job_name="job")


def completed_job_without_logs(world: World) -> None:
    world.aws.answers["DescribeProcessingJob"] = [
        processing_description(ProcessingJobStatus="InProgress"),
        processing_description(ProcessingJobStatus="InProgress"),
        processing_description(),
    ]
    _processor(world).run(job_name="job", logs=False)


def failed_job(world: World) -> None:
    _speak(world)
    world.aws.answers["DescribeProcessingJob"] = _failed("AlgorithmError: See job logs, exit code: 1")
    _processor(world).run(job_name="job")


def failed_job_without_logs(world: World) -> None:
    world.aws.answers["DescribeProcessingJob"] = _failed("AlgorithmError: See job logs, exit code: 1")
    _processor(world).run(job_name="job", logs=False)


def failed_for_capacity(world: World) -> None:
    world.aws.answers["DescribeProcessingJob"] = _failed("CapacityError: Unable to provision requested ML capacity.")
    world.session().wait_for_processing_job("job")


def stopped_job(world: World) -> Any:
    world.aws.answers["DescribeProcessingJob"] = [
        processing_description(ProcessingJobStatus="Stopping"),
        processing_description(ProcessingJobStatus="Stopped"),
    ]
    return world.session().wait_for_processing_job("job")["ProcessingJobStatus"]


def logs_shown_afterwards(world: World) -> None:
    _speak(world)
    world.session().logs_for_processing_job("job")


def request_of_documents(world: World) -> None:
    world.session().process(
        inputs=[],
        output_config={"Outputs": []},
        job_name="job",
        resources={"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}},
        stopping_condition=None,
        app_specification={"ImageUri": IMAGE},
        role_arn=ROLE,
        tags={"a": "b"},
        experiment_config={},
    )


def defaults_of_a_config_file(world: World) -> Any:
    processor = _processor(world, sagemaker_session=world.session(sagemaker_config=CONFIG), role=None)
    processor.run([_input(world)], [_output(world)], wait=False, logs=False, job_name="job")
    return [processor.role, processor.volume_kms_key, processor.output_kms_key, processor.env]


def arguments_before_a_config_file(world: World) -> None:
    network = world["network.NetworkConfig"](False, encrypt_inter_container_traffic=False)
    processor = _processor(
        world,
        sagemaker_session=world.session(sagemaker_config=CONFIG),
        env={"B": "2"},
        volume_kms_key="mine",
        output_kms_key="mine",
        tags=[{"Key": "team", "Value": "other"}],
        network_config=network,
    )
    processor.run([_input(world)], [_output(world)], wait=False, logs=False, job_name="job")


def defaults_of_a_data_wrangler_flow(world: World) -> Any:
    world.files(my_flow="{}")
    processor = world["wrangler.processing.DataWranglerProcessor"](
        ROLE, "my.flow", 1, "ml.m5.4xlarge", sagemaker_session=world.session()
    )
    processor.run(outputs=[_output(world, output_name="node.default")], wait=False, logs=False, job_name="job")
    return processor.image_uri


def flow_of_data_wrangler_given_as_an_input(world: World) -> None:
    processor = world["wrangler.processing.DataWranglerProcessor"](
        ROLE, "s3://bucket/flow", 1, "ml.m5.4xlarge", base_job_name="flow", sagemaker_session=world.session()
    )
    processor.run([_input(world, input_name="flow")], wait=False, logs=False)


def flows_of_data_wrangler_for_ingestion(world: World) -> Any:
    query = world["dataset_definition.AthenaDatasetDefinition"]("c", "d", "SELECT 1", "s3://b/q", output_format="ORC")
    other = world["dataset_definition.RedshiftDatasetDefinition"]("c", "d", "u", "SELECT 1", ROLE, "s3://b/q")
    made = world["wrangler.ingestion.generate_data_ingestion_flow_from_athena_dataset_definition"]("in", query)
    found = [
        made,
        world["wrangler.ingestion.generate_data_ingestion_flow_from_redshift_dataset_definition"]("in", other),
        world["wrangler.ingestion.generate_data_ingestion_flow_from_s3_input"](
            "in", "s3://b/x", s3_has_header=True, schema={"schema": {"a": "long"}}
        ),
    ]
    return [_without_ids(flow) for flow, _ in found]


CONFIG: dict[str, Any] = {
    "SchemaVersion": "1.0",
    "SageMaker": {
        "ProcessingJob": {
            "RoleArn": f"{ROLE}OfConfig",
            "Environment": {"A": "1"},
            "NetworkConfig": {
                "EnableNetworkIsolation": True,
                "EnableInterContainerTrafficEncryption": True,
                "VpcConfig": {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]},
            },
            "ProcessingInputs": [{"DatasetDefinition": {"AthenaDatasetDefinition": {"KmsKeyId": "athena"}}}],
            "ProcessingOutputConfig": {"KmsKeyId": "out"},
            "ProcessingResources": {"ClusterConfig": {"VolumeKmsKeyId": "volume"}},
            "Tags": [{"Key": "team", "Value": "prices"}, {"Key": "more", "Value": "x"}],
        }
    },
}


def processing_description(**changes: Any) -> dict[str, Any]:
    """Return the description of a processing job that has completed."""
    cluster = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30}
    return {
        "ProcessingJobName": "job",
        "ProcessingJobArn": f"arn:aws:sagemaker:{REGION}:123456789012:processing-job/job",
        "ProcessingJobStatus": "Completed",
        "ProcessingResources": {"ClusterConfig": cluster},
        "AppSpecification": {"ImageUri": IMAGE},
        "RoleArn": ROLE,
        "CreationTime": THE_TIME,
        **changes,
    }


def _processor(world: World, **changes: Any) -> Any:
    world.aws.answers.setdefault("DescribeProcessingJob", processing_description())
    arguments = {"role": ROLE, "image_uri": IMAGE, "instance_count": 1, "instance_type": "ml.m5.large", **changes}
    arguments.setdefault("sagemaker_session", world.session())
    return world["processing.Processor"](**arguments)


def _input(world: World, **changes: Any) -> Any:
    return world["processing.ProcessingInput"](**{"source": "s3://bucket/rows", "destination": IN, **changes})


def _output(world: World, **changes: Any) -> Any:
    return world["processing.ProcessingOutput"](**{"source": OUT, **changes})


def _told(job: Any) -> Any:
    names = [[source.input_name, source.source, source.destination] for source in job.inputs or ()]
    places = [[output.output_name, output.source, output.destination] for output in job.outputs or ()]
    return [job.name, job.inputs is None, names, job.outputs is None, places, job.output_kms_key]


def _without_ids(flow: dict[str, Any]) -> dict[str, Any]:
    ids = {node["node_id"]: f"node {number}" for number, node in enumerate(flow["nodes"])}
    for node in flow["nodes"]:
        node["node_id"] = ids[node["node_id"]]
        for source in node["inputs"]:
            source["node_id"] = ids[source["node_id"]]
    return flow


def _failed(reason: str) -> dict[str, Any]:
    return processing_description(ProcessingJobStatus="Failed", FailureReason=reason)


def _speak(world: World) -> None:
    """Let the job have written two lines."""
    world.aws.answers["DescribeProcessingJob"] = processing_description()
    moment = int((THE_TIME + timedelta(seconds=1)).timestamp() * 1000)
    events = [{"timestamp": moment + i, "message": f"line {i}", "ingestionTime": 0} for i in range(2)]
    world.aws.answers["DescribeLogStreams"] = {"logStreams": [{"logStreamName": "job/algo-1-1714979289"}]}
    world.aws.answers["GetLogEvents"] = [
        {"events": events, "nextForwardToken": "f/1"},
        {"events": [], "nextForwardToken": "f/1"},
    ]
