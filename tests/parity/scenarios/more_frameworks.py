"""MXNet, Chainer, reinforcement learning, DJL, images of language models, and the compiler."""

from __future__ import annotations

from typing import Any

from tests.parity.recording import ROLE, training_description
from tests.parity.scenarios.framework_models import _container, _model
from tests.parity.world import World

MX, CHAIN, RL = "mxnet.MXNet", "chainer.Chainer", "rl.RLEstimator"
MX_VERSIONS = {"image_uri": None, "framework_version": "1.9.0", "py_version": "py38"}
GPU = {"instance_type": "ml.p3.2xlarge"}


def mxnet(world: World) -> Any:
    return _fitted(world, MX)


def mxnet_in_its_image(world: World) -> Any:
    estimator = world.framework(MX, **MX_VERSIONS, hyperparameters={"lr": 0.1})
    estimator.fit("s3://bucket/train", wait=False, job_name="job")
    return [estimator.training_image_uri(), estimator.hyperparameters()]


def mxnet_by_a_parameter_server(world: World) -> Any:
    return _fitted(world, MX, distribution={"parameter_server": {"enabled": True}}, instance_count=2)


def mxnet_by_mpi(world: World) -> Any:
    options = {"enabled": True, "processes_per_host": 2, "custom_mpi_options": "--verbose"}
    return _fitted(world, MX, distribution={"mpi": options})


def mxnet_by_mpi_with_defaults(world: World) -> Any:
    return _fitted(world, MX, distribution={"mpi": {"enabled": True}})


def mxnet_too_old_to_distribute(world: World) -> None:
    world.framework(MX, framework_version="1.2.1", distribution={"mpi": {"enabled": True}})


def mxnet_without_a_version(world: World) -> None:
    world.framework(MX, image_uri=None, framework_version="1.9.0")


def mxnet_of_a_version_that_there_is_not(world: World) -> None:
    world.framework(MX, **{**MX_VERSIONS, "framework_version": "9.9"}).training_image_uri()


def mxnet_deployed(world: World) -> None:
    estimator = world.framework(MX, **MX_VERSIONS, base_job_name="net")
    estimator.fit("s3://bucket/train", wait=False, job_name="job")
    _model(world, "mxnet.MXNetModel")  # an archive to pack the code into
    estimator.deploy(1, "ml.m5.large", endpoint_name="endpoint")


def mxnet_attached(world: World) -> Any:
    return _seen(_attached(world, MX, "mxnet-training:1.9.0-cpu-py38"), "framework_version", "py_version")


def mxnet_attached_to_another_image(world: World) -> None:
    _attached(world, MX, "pytorch-training:1.9.0-cpu-py38")


def mxnet_model(world: World) -> Any:
    return _container(world, "mxnet.MXNetModel", framework_version="1.9.0", py_version="py38", model_server_workers=2)


def mxnet_model_of_an_early_version(world: World) -> Any:
    return _container(world, "mxnet.MXNetModel", framework_version="1.2.1", py_version="py3")


def mxnet_model_without_image_or_instances(world: World) -> None:
    _model(world, "mxnet.MXNetModel", image_uri=None, py_version="py3").prepare_container_def()


def mxnet_model_images(world: World) -> Any:
    model = _model(world, "mxnet.MXNetModel", **MX_VERSIONS)
    return [model.serving_image_uri("eu-west-1", name) for name in ("ml.m5.large", "ml.p3.2xlarge")]


def mxnet_predictor(world: World) -> Any:
    predictor = world["mxnet.MXNetPredictor"]("endpoint", world.session())
    return [predictor.content_type, list(predictor.accept)]


def chainer(world: World) -> Any:
    return _fitted(world, CHAIN)


def chainer_in_its_image(world: World) -> Any:
    changes = {"image_uri": None, "framework_version": "5.0.0", "py_version": "py3", **GPU}
    return world.framework(CHAIN, **changes).training_image_uri()


def chainer_on_several_processes(world: World) -> Any:
    options = {"use_mpi": True, "num_processes": 4, "process_slots_per_host": 2, "additional_mpi_options": "-X A=1"}
    return _fitted(world, CHAIN, **options, instance_count=2)


def chainer_without_a_version(world: World) -> None:
    world.framework(CHAIN, image_uri=None)


def chainer_deployed(world: World) -> None:
    estimator = world.framework(CHAIN, base_job_name="net")
    estimator.fit("s3://bucket/train", wait=False, job_name="job")
    estimator.deploy(1, "ml.m5.large", endpoint_name="endpoint")


def chainer_attached(world: World) -> Any:
    more = {"sagemaker_use_mpi": "true", "sagemaker_num_processes": "4"}
    estimator = _attached(world, CHAIN, "sagemaker-chainer:5.0.0-cpu-py3", **more)
    return _seen(estimator, "framework_version", "py_version", "use_mpi", "num_processes", "additional_mpi_options")


def chainer_model(world: World) -> Any:
    return _container(world, "chainer.ChainerModel", model_server_workers=2)


def chainer_predictor(world: World) -> Any:
    predictor = world["chainer.ChainerPredictor"]("endpoint", world.session())
    return [predictor.content_type, list(predictor.accept)]


def rl_with_ray(world: World) -> Any:
    estimator = _agent(world, "RAY", "1.6.0", "TENSORFLOW", **GPU)
    estimator.fit(wait=False, job_name="job")
    return [estimator.training_image_uri(), estimator.metric_definitions, estimator.framework_version]


def rl_with_ray_on_pytorch(world: World) -> Any:
    return _agent(world, "RAY", "1.6.0", "PYTORCH").training_image_uri()


def rl_with_coach(world: World) -> Any:
    estimator = _agent(world, "COACH", "0.11.0", "MXNET")
    return [estimator.training_image_uri(), estimator.metric_definitions, estimator.hyperparameters()]


def rl_with_metrics_of_its_own(world: World) -> Any:
    metrics = [{"Name": "reward", "Regex": "r=(.*)"}]
    return _agent(world, "COACH", "1.0.0", "TENSORFLOW", metric_definitions=metrics).metric_definitions


def rl_in_an_image(world: World) -> Any:
    estimator = world.framework(RL, output_path="s3://bucket/out")
    estimator.fit(wait=False, job_name="job")
    return [estimator.hyperparameters(), estimator.metric_definitions]


def rl_in_an_image_deployed(world: World) -> Any:
    estimator = world.framework(RL, base_job_name="agent")
    estimator.fit(wait=False, job_name="job")
    _model(world, "model.Model")  # an archive to pack the code into
    return estimator.deploy(1, "ml.m5.large", endpoint_name="endpoint")


def rl_with_coach_deployed(world: World) -> None:
    estimator = _agent(world, "COACH", "0.11.1", "TENSORFLOW", base_job_name="agent")
    estimator.fit(wait=False, job_name="job")
    estimator.deploy(1, "ml.m5.large", endpoint_name="endpoint")


def rl_model_of_mxnet(world: World) -> Any:
    estimator = _agent(world, "COACH", "0.11.0", "MXNET")
    estimator.fit(wait=False, job_name="job")
    model = estimator.create_model(name="model")
    return [type(model).__name__, model.framework_version, model.py_version, model.entry_point, model.source_dir]


def rl_with_ray_deployed(world: World) -> None:
    estimator = _agent(world, "RAY", "1.6.0", "TENSORFLOW")
    estimator.fit(wait=False, job_name="job")
    estimator.deploy(1, "ml.m5.large")


def rl_model_of_a_folder_without_a_script(world: World) -> None:
    estimator = world.framework(RL)
    estimator.fit(wait=False, job_name="job")
    estimator.create_model(source_dir=".")


def rl_with_nothing_named(world: World) -> None:
    world.framework(RL, image_uri=None)


def rl_with_words(world: World) -> None:
    world.framework(RL, image_uri=None, toolkit="ray", toolkit_version="1.6.0", framework="tensorflow")


def rl_with_a_version_that_there_is_not(world: World) -> None:
    _agent(world, "RAY", "9.9", "TENSORFLOW")


def rl_with_frameworks_that_do_not_go_together(world: World) -> None:
    _agent(world, "RAY", "1.6.0", "MXNET")


def rl_default_metrics(world: World) -> Any:
    kinds = world["rl.RLToolkit"]
    return [world[RL].default_metric_definitions(kind) for kind in (kinds.COACH, kinds.RAY)]


def rl_default_metrics_of_a_word(world: World) -> None:
    world[RL].default_metric_definitions("ray")


def rl_attached(world: World) -> Any:
    estimator = _attached(world, RL, "sagemaker-rl-tensorflow:coach0.11.1-cpu-py3")
    return _seen(estimator, "toolkit", "toolkit_version", "framework", "framework_version")


def rl_attached_to_an_image_of_its_own(world: World) -> Any:
    return _seen(_attached(world, RL, "my-agents:1"), "image_uri", "metric_definitions")


def rl_attached_to_another_image(world: World) -> None:
    _attached(world, RL, "sagemaker-rl-tensorflow:ray9.9-cpu-py3")


def djl(world: World) -> Any:
    model = _served(world, "org/model", task="text-generation", dtype="fp16", tensor_parallel_degree=4)
    model.create("ml.g5.xlarge")
    return [model.image_uri, model.env]


def djl_with_every_argument(world: World) -> Any:
    options = {"min_workers": 1, "max_workers": 2, "job_queue_size": 10, "parallel_loading": True}
    times = {"model_loading_timeout": 300, "prediction_timeout": 60, "huggingface_hub_token": "token"}
    env = {"HF_TASK": "mine", "A": "1", "TENSOR_PARALLEL_DEGREE": "8"}
    model = _served(world, "org/model", "MPI", "0.29.0", **options, **times, env=env, tensor_parallel_degree=2)
    return [model.image_uri, model.env, model.engine]


def djl_of_embeddings(world: World) -> Any:
    return _served(world, "org/model", task="text-embedding").env


def djl_of_an_archive(world: World) -> Any:
    model = _served(world, model_data="s3://bucket/model.tar.gz", djl_framework="djl-deepspeed", djl_version="0.27.0")
    return model.prepare_container_def("ml.g5.xlarge")


def djl_named_twice(world: World) -> None:
    _served(world, "org/model", model_data="s3://bucket/model.tar.gz")


def djl_refuses(world: World) -> Any:
    model, said = _served(world, "org/model"), []
    for name in ("package_for_edge", "compile", "transformer", "right_size"):
        try:
            getattr(model, name)()
        except NotImplementedError as error:
            said.append(str(error))
    return said


def djl_deployed(world: World) -> Any:
    predictor = _served(world, "org/model", name="model").deploy(1, "ml.g5.xlarge", endpoint_name="endpoint")
    return [type(predictor).__name__, predictor.content_type, list(predictor.accept)]


def llm_images(world: World) -> Any:
    get = world["huggingface.get_huggingface_llm_image_uri"]
    backends = ("huggingface", "huggingface-neuronx", "huggingface-vllm-neuronx", "huggingface-tei", "lmi")
    return [get(backend, region="us-west-2") for backend in (*backends, "huggingface-tei-cpu")]


def llm_images_of_versions(world: World) -> Any:
    get = world["huggingface.llm_utils.get_huggingface_llm_image_uri"]
    session = world.session()
    return [get("huggingface", session, version="1.1.0"), get("lmi", session, version="0.27.0")]


def llm_image_of_an_unknown_backend(world: World) -> None:
    world["huggingface.get_huggingface_llm_image_uri"]("vllm", region="us-west-2")


def llm_model_without_a_name(world: World) -> None:
    world["huggingface.llm_utils.get_huggingface_model_metadata"]("")


def compiled_pytorch(world: World) -> Any:
    return _compiled(world, "pytorch", framework_version="1.13.1", py_version="py39")


def compiled_pytorch_by_xla(world: World) -> Any:
    distribution = {"pytorchxla": {"enabled": True}}
    changes = {"distribution": distribution, "instance_count": 2, "instance_type": "ml.p3dn.24xlarge"}
    return _compiled(world, "pytorch", framework_version="1.13.1", py_version="py39", **changes)


def compiled_huggingface(world: World) -> Any:
    versions = {"transformers_version": "4.21.1", "pytorch_version": "1.11.0", "py_version": "py38"}
    return _compiled(world, "huggingface", **versions)


def compiled_huggingface_on_tensorflow(world: World) -> Any:
    versions = {"transformers_version": "4.17.0", "tensorflow_version": "2.6.3", "py_version": "py38"}
    return _compiled(world, "huggingface", **versions)


def compiled_tensorflow(world: World) -> Any:
    return _compiled(world, "tensorflow", framework_version="2.11.0", py_version="py39", model_dir=False)


def compiled_tensorflow_of_an_old_version(world: World) -> None:
    _compiled(world, "tensorflow", framework_version="2.8.0", py_version="py39")


def compiled_tensorflow_by_mirrors(world: World) -> None:
    distribution = {"multi_worker_mirrored_strategy": {"enabled": True}}
    _compiled(world, "tensorflow", framework_version="2.11.0", py_version="py39", distribution=distribution)


def compiled_on_the_wrong_instances(world: World) -> None:
    _compiled(world, "pytorch", framework_version="1.13.1", py_version="py39", instance_type="ml.m5.large")


def compiled_with_an_image(world: World) -> None:
    _compiled(world, "pytorch", framework_version="1.13.1", py_version="py39", image_uri="my-image")


def compiled_with_data_parallelism(world: World) -> None:
    distribution = {"smdistributed": {"dataparallel": {"enabled": True}}}
    _compiled(world, "pytorch", framework_version="1.13.1", py_version="py39", distribution=distribution)


def compiled_pytorch_by_another_way(world: World) -> None:
    distribution = {"mpi": {"enabled": True}}
    _compiled(world, "pytorch", framework_version="1.13.1", py_version="py39", distribution=distribution)


def compiled_pytorch_by_xla_too_old(world: World) -> None:
    distribution = {"pytorchxla": {"enabled": True}}
    _compiled(world, "pytorch", framework_version="1.11.0", py_version="py38", distribution=distribution)


def compiled_huggingface_of_a_new_version(world: World) -> None:
    versions = {"transformers_version": "4.26.0", "pytorch_version": "1.13.1", "py_version": "py39"}
    _compiled(world, "huggingface", **versions)


def compiled_huggingface_on_tensorflow_by_xla(world: World) -> None:
    versions = {"transformers_version": "4.17.0", "tensorflow_version": "2.6.3", "py_version": "py38"}
    _compiled(world, "huggingface", **versions, distribution={"pytorchxla": {"enabled": True}})


def compiled_with_a_word(world: World) -> Any:
    try:
        world.framework("pytorch.PyTorch", **GPU, compiler_config="yes")
    except ValueError as error:
        return str(error).replace(world.package, "sagemaker")


def compiler_in_text(world: World) -> Any:
    return vars(world["tensorflow.TrainingCompilerConfig"](debug=True))


def xla_without_the_compiler(world: World) -> None:
    world.framework("pytorch.PyTorch", **GPU, distribution={"pytorchxla": {"enabled": True}})


def _fitted(world: World, path: str, **changes: Any) -> Any:
    estimator = world.framework(path, **changes)
    estimator.fit({"train": "s3://bucket/train"}, wait=False, job_name="job")
    return estimator.hyperparameters()


def _agent(world: World, toolkit: str, version: str, framework: str, **changes: Any) -> Any:
    named = {"toolkit": world["rl.RLToolkit"][toolkit], "framework": world["rl.RLFramework"][framework]}
    return world.framework(RL, image_uri=None, toolkit_version=version, **named, **changes)


def _served(world: World, *args: Any, **changes: Any) -> Any:
    return world["djl_inference.DJLModel"](*args, role=ROLE, sagemaker_session=world.session(), **changes)


def _compiled(world: World, framework: str, **changes: Any) -> Any:
    names = {"pytorch": "PyTorch", "tensorflow": "TensorFlow", "huggingface": "HuggingFace"}
    config = world[f"{framework}.TrainingCompilerConfig"]()
    arguments = {"image_uri": None, **GPU, **changes}
    estimator = world.framework(f"{framework}.{names[framework]}", compiler_config=config, **arguments)
    estimator.fit("s3://bucket/train", wait=False, job_name="job")
    return [estimator.training_image_uri(), estimator.hyperparameters()]


def _attached(world: World, path: str, image: str, **hyperparameters: str) -> Any:
    given = {
        "sagemaker_program": '"train.py"',
        "sagemaker_submit_directory": '"s3://bucket/job/source/sourcedir.tar.gz"',
        "sagemaker_container_log_level": "10",
        "sagemaker_job_name": '"job"',
        "sagemaker_region": '"us-east-1"',
        "depth": "3",
        **hyperparameters,
    }
    image = f"763104351884.dkr.ecr.us-east-1.amazonaws.com/{image}"
    description = training_description(
        HyperParameters=given, AlgorithmSpecification={"TrainingImage": image, "TrainingInputMode": "File"}
    )
    world.aws.answers["DescribeTrainingJob"] = description
    return world[path].attach("job", world.session())


def _seen(estimator: Any, *names: str) -> list[Any]:
    return [estimator.hyperparameters(), estimator.entry_point, *(getattr(estimator, name) for name in names)]
