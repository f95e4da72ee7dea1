"""The frameworks' estimators: scripts, hyperparameters, distribution, attaching to jobs."""

from __future__ import annotations

from typing import Any

from tests.parity.recording import training_description
from tests.parity.world import World

TREES, NET, BOOST = "sklearn.SKLearn", "pytorch.PyTorch", "xgboost.XGBoost"
FLOW, FACE = "tensorflow.TensorFlow", "huggingface.HuggingFace"
GPU = "ml.p4d.24xlarge"


def sklearn(world: World) -> Any:
    return _fitted(world, TREES)


def sklearn_with_hyperparameters_of_every_type(world: World) -> Any:
    given = {"whole": 3, "real": 0.5, "yes": True, "none": None, "text": "a b", "listed": [1, "x"], "mapped": {"k": 2}}
    return _fitted(world, TREES, hyperparameters=given)


def hyperparameters_set_later(world: World) -> Any:
    estimator = world.framework(TREES, hyperparameters={"depth": 3})
    estimator.set_hyperparameters(depth=4, name="x")
    return estimator.hyperparameters()


def sklearn_on_two_hosts(world: World) -> None:
    world.framework(TREES, instance_count=2)


def sklearn_on_a_gpu(world: World) -> None:
    world.framework(TREES, instance_type="ml.p2.xlarge")


def sklearn_with_python_2(world: World) -> None:
    world.framework(TREES, py_version="py2")


def sklearn_without_a_version(world: World) -> None:
    world.framework(TREES, image_uri=None)


def sklearn_isolated(world: World) -> Any:
    return _fitted(world, TREES, enable_network_isolation=True, source_dir=".")


def sklearn_with_checkpoints(world: World) -> Any:
    return _fitted(world, TREES, checkpoint_s3_uri="s3://bucket/c", checkpoint_local_path="/opt/ml/checkpoints")


def script_in_s3(world: World) -> None:
    world.framework(TREES, entry_point="s3://bucket/train.py")


def script_that_is_not_in_the_folder(world: World) -> None:
    world.framework(TREES, entry_point="other.py", source_dir=".").fit(wait=False, job_name="job")


def xgboost(world: World) -> Any:
    return _fitted(world, BOOST, framework_version="1.7-1", hyperparameters={"eta": 0.3})


def xgboost_of_the_version_that_is_broken(world: World) -> None:
    world.framework(BOOST, framework_version="1.1-1")


def xgboost_with_python_2(world: World) -> None:
    world.framework(BOOST, framework_version="1.7-1", py_version="py2")


def pytorch(world: World) -> Any:
    return _fitted(world, NET)


def pytorch_with_its_metrics(world: World) -> Any:
    return _fitted(world, NET, framework_version="2.3.0", py_version="py311")


def pytorch_without_a_script(world: World) -> None:
    world.framework(NET, entry_point="left out")


def pytorch_with_checkpoints(world: World) -> Any:
    return _fitted(world, NET, checkpoint_s3_uri="s3://bucket/c", checkpoint_local_path="/opt/ml/checkpoints")


def pytorch_by_mpi(world: World) -> Any:
    options = {"enabled": True, "processes_per_host": 4, "custom_mpi_options": "-verbose"}
    return _fitted(world, NET, instance_count=2, distribution={"mpi": options})


def pytorch_by_mpi_switched_off(world: World) -> Any:
    return _fitted(world, NET, distribution={"mpi": {"enabled": False}})


def pytorch_by_torchrun(world: World) -> Any:
    return _fitted(world, NET, instance_type=GPU, distribution={"torch_distributed": {"enabled": True}})


def pytorch_by_torchrun_in_any_image_on_cpus(world: World) -> Any:
    return _fitted(world, NET, distribution={"torch_distributed": {"enabled": True}})


def pytorch_by_torchrun_on_cpus(world: World) -> None:
    versions = {"framework_version": "2.3.0", "py_version": "py311", "image_uri": None}
    world.framework(NET, distribution={"torch_distributed": {"enabled": True}}, **versions)


def pytorch_by_torchrun_of_an_old_version(world: World) -> None:
    versions = {"framework_version": "1.8.0", "py_version": "py36", "image_uri": None, "instance_type": GPU}
    world.framework(NET, distribution={"torch_distributed": {"enabled": True}}, **versions)


def pytorch_by_torchrun_of_a_shell_script(world: World) -> None:
    world.files(train_sh="#!/bin/sh")
    world.framework(NET, entry_point="train.sh", distribution={"torch_distributed": {"enabled": True}})


def pytorch_by_torchrun_on_trainium(world: World) -> Any:
    distribution = {"torch_distributed": {"enabled": True}}
    return _fitted(world, NET, instance_type="ml.trn1.2xlarge", distribution=distribution)


def pytorch_by_mpi_on_trainium(world: World) -> None:
    world.framework(NET, instance_type="ml.trn1.2xlarge", distribution={"mpi": {"enabled": True}})


def pytorch_by_ddp(world: World) -> Any:
    return _fitted(world, NET, instance_type=GPU, distribution={"pytorchddp": {"enabled": True}})


def pytorch_by_ddp_and_the_vendors_library(world: World) -> None:
    world.framework(NET, distribution={"pytorchddp": {"enabled": True}, "smdistributed": {}})


def pytorch_by_the_vendors_data_parallelism(world: World) -> Any:
    options = {"enabled": True, "custom_mpi_options": "-x A=1"}
    return _fitted(world, NET, instance_type=GPU, distribution={"smdistributed": {"dataparallel": options}})


def pytorch_by_the_vendors_model_parallelism(world: World) -> Any:
    parallel = {"enabled": True, "parameters": {"partitions": 2, "microbatches": 4, "pipeline": "simple", "ddp": True}}
    mpi = {"enabled": True, "processes_per_host": 8}
    distribution = {"smdistributed": {"modelparallel": parallel}, "mpi": mpi}
    return _fitted(world, NET, instance_type=GPU, distribution=distribution)


def pytorch_by_wrong_model_parallelism(world: World) -> None:
    parallel = {"enabled": True, "parameters": {"partitions": 0}}
    world.framework(NET, distribution={"smdistributed": {"modelparallel": parallel}}).hyperparameters()


def pytorch_by_no_known_strategy(world: World) -> None:
    world.framework(NET, distribution={"smdistributed": {"everything": {"enabled": True}}})


def pytorch_by_two_strategies(world: World) -> None:
    world.framework(NET, distribution={"smdistributed": {"dataparallel": {}, "modelparallel": {}}})


def pytorch_by_mirrored_workers(world: World) -> None:
    world.framework(NET, distribution={"multi_worker_mirrored_strategy": {"enabled": True}}).hyperparameters()


def pytorch_by_xla(world: World) -> None:
    world.framework(NET, distribution={"pytorchxla": {"enabled": True}})


def pytorch_on_groups(world: World) -> Any:
    group = world["instance_group.InstanceGroup"]
    groups = [group("a", "ml.c5.xlarge", 2), group("b", GPU, 1)]
    distribution = {"mpi": {"enabled": True}, "instance_groups": [groups[1]]}
    return _fitted(world, NET, **_on(groups), distribution=distribution)


def pytorch_on_a_group_that_is_not_there(world: World) -> None:
    group = world["instance_group.InstanceGroup"]
    groups = [group("a", "ml.c5.xlarge", 2), group("b", GPU, 1)]
    other = group("c", GPU, 1)
    distribution = {"mpi": {"enabled": True}, "instance_groups": [other]}
    world.framework(NET, **_on(groups), distribution=distribution)


def pytorch_on_groups_of_which_none_is_chosen(world: World) -> None:
    group = world["instance_group.InstanceGroup"]
    groups = [group("a", "ml.c5.xlarge", 2), group("b", GPU, 1)]
    world.framework(NET, **_on(groups), distribution={"mpi": {"enabled": True}})


def tensorflow(world: World) -> Any:
    return _fitted(world, FLOW, hyperparameters={"epochs": 3})


def tensorflow_with_its_metrics(world: World) -> Any:
    return _fitted(world, FLOW, framework_version="2.14.1", py_version="py310")


def tensorflow_with_a_model_dir(world: World) -> Any:
    return _fitted(world, FLOW, model_dir="s3://bucket/models")


def tensorflow_without_a_model_dir(world: World) -> Any:
    return _fitted(world, FLOW, model_dir=False)


def tensorflow_by_mpi(world: World) -> Any:
    return _fitted(world, FLOW, distribution={"mpi": {"enabled": True}})


def tensorflow_by_a_parameter_server(world: World) -> Any:
    return _fitted(world, FLOW, instance_count=2, distribution={"parameter_server": {"enabled": True}})


def tensorflow_by_mirrored_workers(world: World) -> Any:
    distribution = {"multi_worker_mirrored_strategy": {"enabled": True}}
    return _fitted(world, FLOW, framework_version="2.14.1", py_version="py310", distribution=distribution)


def tensorflow_by_mirrored_workers_of_an_old_version(world: World) -> None:
    distribution = {"multi_worker_mirrored_strategy": {"enabled": True}}
    estimator = world.framework(FLOW, framework_version="2.8.0", py_version="py39", distribution=distribution)
    estimator.fit(wait=False, job_name="job")


def tensorflow_with_python_2(world: World) -> None:
    world.framework(FLOW, framework_version="2.2.0", py_version="py2")


def huggingface(world: World) -> Any:
    return _fitted(world, FACE, py_version="py310", hyperparameters={"model": "bert"})


def huggingface_by_ddp(world: World) -> Any:
    return _fitted(world, FACE, py_version="py310", distribution={"pytorchddp": {"enabled": True}})


def huggingface_by_torchrun(world: World) -> Any:
    distribution = {"torch_distributed": {"enabled": True}}
    return _fitted(world, FACE, py_version="py310", instance_type=GPU, distribution=distribution)


def huggingface_without_a_version(world: World) -> None:
    world.framework(FACE, py_version="py310", image_uri=None)


def huggingface_on_nothing(world: World) -> None:
    world.framework(FACE, py_version="py310", image_uri=None, transformers_version="4.28.1")


def huggingface_on_both(world: World) -> None:
    versions = {"transformers_version": "4.28.1", "pytorch_version": "2.0.0", "tensorflow_version": "2.6.3"}
    world.framework(FACE, py_version="py310", image_uri=None, **versions)


def huggingface_with_versions_of_two_lengths(world: World) -> None:
    world.framework(FACE, py_version="py310", image_uri=None, transformers_version="4.28", pytorch_version="2.0.0")


def sklearn_attached(world: World) -> Any:
    estimator = _attached(world, TREES, "123456789012", "my-trees:1")
    return [*_seen(estimator), estimator.framework_version, estimator.py_version, list(estimator.uploaded_code)]


def sklearn_attached_to_another_framework(world: World) -> None:
    _attached(world, TREES, "683313688378", "sagemaker-xgboost:1.7-1")


def pytorch_attached(world: World) -> Any:
    estimator = _attached(world, NET, "763104351884", "pytorch-training:2.3.0-cpu-py311")
    return [*_seen(estimator), estimator.framework_version, estimator.py_version]


def tensorflow_attached(world: World) -> Any:
    estimator = _attached(world, FLOW, "763104351884", "tensorflow-training:2.14.1-cpu-py310", model_dir='"s3://b/m"')
    return [*_seen(estimator), estimator.framework_version, estimator.py_version, estimator.model_dir]


def estimator_attached_to_a_script(world: World) -> Any:
    estimator = _attached(world, "estimator.Estimator", "763104351884", "pytorch-training:2.3.0-cpu-py311")
    return [estimator.image_uri, estimator.hyperparameters()]


def _fitted(world: World, path: str, **changes: Any) -> Any:
    estimator = world.framework(path, **changes)
    estimator.fit({"train": "s3://bucket/train"}, wait=False, job_name="job")
    return estimator.hyperparameters()


def _on(groups: list[Any]) -> dict[str, Any]:
    return {"instance_count": None, "instance_type": None, "instance_groups": groups}


def _attached(world: World, path: str, account: str, image: str, **hyperparameters: str) -> Any:
    description = training_description(
        HyperParameters={
            "sagemaker_program": '"train.py"',
            "sagemaker_submit_directory": '"s3://bucket/job/source/sourcedir.tar.gz"',
            "sagemaker_container_log_level": "10",
            "sagemaker_job_name": '"job"',
            "sagemaker_region": '"us-east-1"',
            "depth": "3",
            "name": '"x"',
            **hyperparameters,
        },
        AlgorithmSpecification={
            "TrainingImage": f"{account}.dkr.ecr.us-east-1.amazonaws.com/{image}",
            "TrainingInputMode": "File",
        },
    )
    world.aws.answers["DescribeTrainingJob"] = description
    return world[path].attach("job", world.session())


def _seen(estimator: Any) -> list[Any]:
    names = ("entry_point", "source_dir", "container_log_level", "instance_type", "output_path", "role", "tags")
    return [estimator.hyperparameters(), *(getattr(estimator, name) for name in names)]
