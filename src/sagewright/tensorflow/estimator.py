"""Training with TensorFlow (v2's own path)."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from sagewright.arguments import renamed
from sagewright.debugger.rules import Rule
from sagewright.deprecations import renamed_warning
from sagewright.distribution import distribution_hyperparameters, release
from sagewright.estimator import Framework
from sagewright.estimator.base import VPC_CONFIG_DEFAULT
from sagewright.estimator.staging import as_json
from sagewright.fw_utils import (
    framework_name_from_image,
    framework_version_from_tag,
    python_deprecation_warning,
    validate_version_or_image_args,
)
from sagewright.s3 import s3_path_join
from sagewright.tensorflow.defaults import LATEST_PY2_VERSION
from sagewright.tensorflow.model import TensorFlowModel
from sagewright.tensorflow.training_compiler.config import TrainingCompilerConfig
from sagewright.training_compiler.config import checked_compiler
from sagewright.transformer import Transformer
from sagewright.utils import Tags, format_tags

if TYPE_CHECKING:
    from sagewright.vocabulary.instance_type_names import InstanceType

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]

_LAST_WITHOUT_SCRIPTS = (1, 10, 0)


class TensorFlow(Framework):
    """Trains with a script in an image of TensorFlow.

    Args:
        framework_version, py_version: For example `2.14.1` and `py310`; needed without `image_uri`.
        model_dir: Where the script writes checkpoints and models: the hyperparameter `model_dir`. None: below the job's
            output; False: the script gets none.
        distribution: How it runs on several processes: `parameter_server`, `mpi`, `multi_worker_mirrored_strategy`,
            `smdistributed`.
        compiler_config: Asks for the SageMaker Training Compiler; the target `local` has no such image.
        **kwargs: As for `Framework` (`entry_point` among them) and `Estimator`.

    Raises:
        ValueError: A version is missing, or the distribution does not go with it.
        AttributeError: There is no image with this Python.

    Example:
        >>> from sagewright.tensorflow import TensorFlow
        >>> net = TensorFlow(image_uri="my-image", entry_point="train.py", role="role", instance_count=1,
        ...                  instance_type="ml.m5.large", model_dir=False, hyperparameters={"epochs": 3})
        >>> net.hyperparameters()
        {'epochs': '3'}
    """

    _framework_name: ClassVar[str] = "tensorflow"

    def __init__(
        self,
        py_version: str | None = None,
        framework_version: str | None = None,
        model_dir: Any = None,
        image_uri: str | None = None,
        distribution: Mapping[str, Any] | None = None,
        compiler_config: Any = None,
        **kwargs: Any,
    ) -> None:
        kwargs.update(renamed(kwargs))
        image_uri = kwargs.pop("image_uri", image_uri)
        if "distributions" in kwargs:
            renamed_warning("distributions")
            distribution = kwargs.pop("distributions")
        validate_version_or_image_args(framework_version, py_version, image_uri)
        self.framework_version, self.py_version = framework_version, py_version
        self.model_dir = model_dir
        if framework_version and release(framework_version) >= (1, 15):
            kwargs.setdefault("enable_sagemaker_metrics", True)
        super().__init__(image_uri=image_uri, **kwargs)
        self._check_distribution(distribution, "tensorflow", framework_version)
        self._check_versions()
        if compiler_config is not None:
            self.compiler_config = checked_compiler(compiler_config, TrainingCompilerConfig, self)

    def hyperparameters(self) -> dict[str, Any]:
        """Return the hyperparameters, each as JSON, with those that say how the script is distributed."""
        job = self._job_to_distribute("tensorflow", self.framework_version)
        more = distribution_hyperparameters(self.distribution or {}, job, self._group_types())
        if self.model_dir is not False:
            self.model_dir = self.model_dir or self._default_model_dir(by_mpi=more.get("sagemaker_mpi_enabled", False))
            more["model_dir"] = self.model_dir
        return {**super().hyperparameters(), **as_json(more), **self._compiler_hyperparameters()}

    def create_model(
        self,
        role: str | None = None,
        vpc_config_override: Any = VPC_CONFIG_DEFAULT,
        entry_point: str | None = None,
        source_dir: str | None = None,
        dependencies: Sequence[str] | None = None,
        **kwargs: Any,
    ) -> TensorFlowModel:
        """Return a model of what was trained.

        Args:
            role: None: the estimator's.
            entry_point, source_dir, dependencies: Code that stands before and behind the model; None: there is none.
            **kwargs: Go to `TensorFlowModel`.
        """
        kwargs.setdefault("enable_network_isolation", self.enable_network_isolation())
        arguments = self._model_arguments(kwargs)
        arguments.pop("code_location", None)
        return TensorFlowModel(
            self.model_data,
            role or self.role,
            entry_point,
            framework_version=self.framework_version,
            vpc_config=self.get_vpc_config(vpc_config_override),
            source_dir=source_dir,
            dependencies=dependencies,
            **arguments,
        )

    def transformer(  # type: ignore[override]  # v2's has fewer arguments than other frameworks'
        self,
        instance_count: int,
        instance_type: InstanceType,
        strategy: str | None = None,
        assemble_with: str | None = None,
        output_path: str | None = None,
        output_kms_key: str | None = None,
        accept: str | None = None,
        env: Mapping[str, str] | None = None,
        max_concurrent_transforms: int | None = None,
        max_payload: int | None = None,
        tags: Tags = None,
        role: str | None = None,
        volume_kms_key: str | None = None,
        entry_point: str | None = None,
        vpc_config_override: Any = VPC_CONFIG_DEFAULT,
        enable_network_isolation: bool | None = None,
        model_name: str | None = None,
    ) -> Transformer:
        """Create a model of what was trained; return what runs transform jobs of it.

        Args:
            entry_point: Code that stands before and behind the model; None: there is none.

        See `Estimator.transformer` for the others.
        """
        isolated = self.enable_network_isolation() if enable_network_isolation is None else enable_network_isolation
        arguments: Document = {
            "instance_count": instance_count,
            "instance_type": instance_type,
            "strategy": strategy,
            "assemble_with": assemble_with,
            "output_path": output_path,
            "output_kms_key": output_kms_key,
            "accept": accept,
            "max_concurrent_transforms": max_concurrent_transforms,
            "max_payload": max_payload,
            "tags": format_tags(tags),
            "volume_kms_key": volume_kms_key,
        }
        if self.latest_training_job is None:
            return self._transformer_of(model_name, None, {}, arguments, env or {})
        model = self.create_model(
            role=role or self.role,
            vpc_config_override=vpc_config_override,
            entry_point=entry_point,
            enable_network_isolation=isolated,
            name=model_name,
        )
        return model.transformer(env=env, **arguments)

    @classmethod
    def _prepare_init_params_from_job_description(
        cls, job_details: Document, model_channel_name: str | None = None
    ) -> Document:
        arguments = super()._prepare_init_params_from_job_description(job_details, model_channel_name)
        image_uri = arguments.pop("image_uri")
        framework, py_version, tag, kind = framework_name_from_image(image_uri)
        if framework is None:
            return {**arguments, "image_uri": image_uri}
        if framework != "tensorflow":
            raise ValueError(f"Training job: {job_details['TrainingJobName']} didn't use image for requested framework")
        model_dir = arguments["hyperparameters"].pop("model_dir", None)
        if model_dir or kind is None:
            arguments["model_dir"] = model_dir or False
        if not kind:
            arguments["image_uri"] = image_uri
        version = "1.4" if tag == "1.0" else framework_version_from_tag(str(tag))
        return {**arguments, "py_version": py_version, "framework_version": version}

    def _has_parameter_servers(self) -> bool:
        return bool((self.distribution or {}).get("parameter_server", {}).get("enabled", False))

    def _asked_rules(self) -> Sequence[Any] | None:
        """Return the rules but for those of the debugger, which does not go together with parameter servers."""
        rules = super()._asked_rules()
        if rules is None or not self._has_parameter_servers():
            return rules
        return [rule for rule in rules if not isinstance(rule, Rule)]

    def _hook_config(self) -> Any:
        config = super()._hook_config()
        if not self._has_parameter_servers():
            return config
        logger.info("Amazon SageMaker Debugger does not currently support Parameter Server distribution")
        return False

    def _default_model_dir(self, *, by_mpi: bool) -> str | None:
        if by_mpi:
            return "/opt/ml/model"
        if not self._current_job_name:
            return None
        return s3_path_join(str(self.output_path), self._current_job_name, "model")

    def _check_versions(self) -> None:
        version = release(self.framework_version or "")
        if self.py_version == "py2":
            logger.warning(python_deprecation_warning("tensorflow", LATEST_PY2_VERSION))
            if version > release(LATEST_PY2_VERSION):
                raise AttributeError(
                    f"Python 2 containers are only available with {LATEST_PY2_VERSION} and lower versions. Please use "
                    "a Python 3 container."
                )
        if self.image_uri is None and version <= _LAST_WITHOUT_SCRIPTS:
            raise ValueError(
                f"TF {self.framework_version} supports only legacy mode: its images run no scripts.\n"
                "hint: give `image_uri` and `model_dir=False`, or a later version."
            )
