"""A script and its folder, sent with an estimator of any image."""

from __future__ import annotations

from typing import Any

from tests.parity.world import World


def script(world: World) -> Any:
    world.files(train_py="print(1)")
    estimator = world.train(entry_point="train.py")
    return [estimator.hyperparameters(), world.aws.archive("job/source/sourcedir.tar.gz")]


def script_at_a_path(world: World) -> Any:
    world.files(src__train_py="print(1)")
    world.train(entry_point="src/train.py")
    return world.aws.archive("job/source/sourcedir.tar.gz")


def folder(world: World) -> Any:
    world.files(src__train_py="print(1)", src__lib__a_py="A = 1", src__requirements_txt="numpy")
    estimator = world.train(entry_point="train.py", source_dir="src", hyperparameters={"depth": 3, "name": "x"})
    estimator.set_hyperparameters(rate=0.5)
    return [estimator.hyperparameters(), world.aws.archive("job/source/sourcedir.tar.gz")]


def script_in_a_folder_of_the_folder(world: World) -> Any:
    world.files(src__bin__train_py="print(1)")
    world.train(entry_point="bin/train.py", source_dir="src")
    return world.aws.archive("job/source/sourcedir.tar.gz")


def dependencies(world: World) -> Any:
    world.files(train_py="print(1)", libs__common__a_py="A = 1", one_py="ONE = 1")
    world.train(entry_point="train.py", dependencies=["libs/common", "one.py"])
    return world.aws.archive("job/source/sourcedir.tar.gz")


def dependency_with_a_slash(world: World) -> Any:
    world.files(train_py="print(1)", lib__a_py="A = 1")
    world.train(entry_point="train.py", dependencies=["lib/"])
    return world.aws.archive("job/source/sourcedir.tar.gz")


def folder_in_s3(world: World) -> Any:
    estimator = world.train(entry_point="train.py", source_dir="s3://bucket/code/sourcedir.tar.gz")
    return estimator.hyperparameters()


def code_location(world: World) -> None:
    world.files(train_py="print(1)")
    world.train(entry_point="train.py", code_location="s3://other/code", output_kms_key="key")


def code_location_in_the_bucket_of_the_output(world: World) -> None:
    world.files(train_py="print(1)")
    world.train(entry_point="train.py", code_location="s3://out/code", output_path="s3://out/x", output_kms_key="key")


def output_path_and_key(world: World) -> None:
    world.files(train_py="print(1)")
    world.train(entry_point="train.py", output_path="s3://out/x/", output_kms_key="key")


def default_bucket_with_a_prefix(world: World) -> None:
    world.files(train_py="print(1)")
    world.train(entry_point="train.py", sagemaker_session=world.session(default_bucket_prefix="team/a"))


def default_bucket_of_the_sdks_making(world: World) -> None:
    world.files(train_py="print(1)")
    world.train(entry_point="train.py", sagemaker_session=world.session(default_bucket=None))


def network_isolation(world: World) -> Any:
    world.files(train_py="print(1)")
    estimator = world.train(entry_point="train.py", enable_network_isolation=True)
    return [estimator.code_uri, estimator.code_channel_name, list(estimator.uploaded_code)]


def network_isolation_and_a_channel_code(world: World) -> None:
    world.files(train_py="print(1)")
    world.train({"code": "s3://bucket/x"}, entry_point="train.py", enable_network_isolation=True)


def no_encryption(world: World) -> None:
    world.files(train_py="print(1)")
    settings = world["session_settings.SessionSettings"](encrypt_repacked_artifacts=False)
    world.train(entry_point="train.py", sagemaker_session=world.session(settings=settings))


def log_level(world: World) -> None:
    world.files(train_py="print(1)")
    world.train(entry_point="train.py", container_log_level=10)


def second_fit(world: World) -> None:
    world.files(train_py="print(1)")
    estimator = world.estimator(entry_point="train.py")
    estimator.fit(wait=False, job_name="one")
    estimator.fit(wait=False, job_name="two")


def script_that_is_not_in_the_folder(world: World) -> None:
    world.files(src__other_py="print(1)")
    world.train(entry_point="train.py", source_dir="src")


def script_that_is_not_there(world: World) -> None:
    world.train(entry_point="train.py")


def dependency_that_is_not_there(world: World) -> None:
    world.files(train_py="print(1)")
    world.train(entry_point="train.py", dependencies=["lib"])


def git_without_a_repository(world: World) -> None:
    world.train(entry_point="train.py", git_config={"branch": "main"})


def git_with_a_number(world: World) -> None:
    world.train(entry_point="train.py", git_config={"repo": "https://example.com/r.git", "branch": 7})


def git_with_a_word_for_a_truth(world: World) -> None:
    world.train(entry_point="train.py", git_config={"repo": "https://example.com/r.git", "2FA_enabled": "yes"})


def git_of_no_known_scheme(world: World) -> None:
    world.train(entry_point="train.py", git_config={"repo": "file:///tmp/r.git"})


def git_without_encryption(world: World) -> None:
    world.train(entry_point="train.py", git_config={"repo": "http://example.com/r.git"})


def git_with_a_strange_host(world: World) -> None:
    world.train(entry_point="train.py", git_config={"repo": "https://exa$mple.com/r.git"})


def one_input_with_its_own_mode(world: World) -> None:
    world.train(world["inputs.TrainingInput"]("s3://bucket/train", input_mode="FastFile"))


def instance_groups(world: World) -> None:
    group = world["instance_group.InstanceGroup"]
    groups = [group("a", "ml.c5.xlarge", 2), group("b", "ml.g5.xlarge", 1)]
    world.train(instance_count=None, instance_type=None, instance_groups=groups)


def instance_groups_and_a_type(world: World) -> None:
    groups = [world["instance_group.InstanceGroup"]("a", "ml.c5.xlarge", 2)]
    world.train(instance_groups=groups)
