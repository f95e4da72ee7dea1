"""Training by reinforcement (v2's own path). The combinations are those of the SageMaker Python SDK 2.257."""

from __future__ import annotations

import enum
import logging
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from sagewright.arguments import no_surplus, renamed
from sagewright.estimator import Framework
from sagewright.estimator.base import VPC_CONFIG_DEFAULT
from sagewright.estimator.staging import as_json

if TYPE_CHECKING:
    from sagewright.model import FrameworkModel

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]

# Toolkit, its version, and the frameworks below it with theirs.
TOOLKIT_FRAMEWORK_VERSION_MAP: dict[str, dict[str, dict[str, str]]] = {
    "coach": {
        "0.10.1": {"tensorflow": "1.11"},
        "0.10": {"tensorflow": "1.11"},
        "0.11.0": {"tensorflow": "1.11", "mxnet": "1.3"},
        "0.11.1": {"tensorflow": "1.12"},
        "0.11": {"tensorflow": "1.12", "mxnet": "1.3"},
        "1.0.0": {"tensorflow": "1.12"},
    },
    "ray": {
        "0.5.3": {"tensorflow": "1.11"},
        "0.5": {"tensorflow": "1.11"},
        "0.6.5": {"tensorflow": "1.12"},
        "0.6": {"tensorflow": "1.12"},
        "0.8.2": {"tensorflow": "2.1"},
        "0.8.5": {"tensorflow": "2.1", "pytorch": "1.5"},
        "1.6.0": {"tensorflow": "2.5.0", "pytorch": "1.8.1"},
    },
}
_TAG = re.compile(r"([A-Z]*|[a-z]*)(\d.*)-(?:cpu|gpu)-(?:py2|py3)")
_NUMBER = "[-+]?[0-9]*[.]?[0-9]+([eE][-+]?[0-9]+)?"
_METRICS = {
    "coach": {"reward-training": "^Training>.*Total reward=(.*?),", "reward-testing": "^Testing>.*Total reward=(.*?),"},
    "ray": {name: f"{name}: ({_NUMBER})" for name in ("episode_reward_mean", "episode_reward_max")},
}


class RLToolkit(enum.Enum):
    """What agents learn with."""

    COACH = "coach"
    RAY = "ray"


class RLFramework(enum.Enum):
    """What the toolkit computes with."""

    TENSORFLOW = "tensorflow"
    MXNET = "mxnet"
    PYTORCH = "pytorch"


class RLEstimator(Framework):
    """Trains an agent with a script, in an image of a toolkit for reinforcement learning.

    Amazon makes no new images of these, and the target `local` has none of its own: map the image to a command there.

    Args:
        entry_point: The script; a path in `source_dir`, if there is one.
        toolkit, toolkit_version, framework: For example `RLToolkit.RAY`, `1.6.0` and `RLFramework.TENSORFLOW`; needed
            without `image_uri`.
        hyperparameters: The script gets them as arguments.
        metric_definitions: None: the rewards that the toolkit logs.
        **kwargs: As for `Framework` and `Estimator`.

    Raises:
        ValueError: Toolkit or framework is none of the enumeration's.
        AttributeError: One is missing, or they do not go together.

    Example:
        >>> from sagewright.rl import RLEstimator, RLFramework, RLToolkit
        >>> agent = RLEstimator("train.py", RLToolkit.RAY, "1.6.0", RLFramework.TENSORFLOW, role="role",
        ...                     instance_count=1, instance_type="ml.m5.large")
        >>> [metric["Name"] for metric in agent.metric_definitions]
        ['episode_reward_mean', 'episode_reward_max']
    """

    COACH_LATEST_VERSION_TF: ClassVar[str] = "0.11.1"
    COACH_LATEST_VERSION_MXNET: ClassVar[str] = "0.11.0"
    RAY_LATEST_VERSION: ClassVar[str] = "1.6.0"

    toolkit: str | None = None
    toolkit_version: str | None = None
    framework: str | None = None

    def __init__(
        self,
        entry_point: str,
        toolkit: RLToolkit | None = None,
        toolkit_version: str | None = None,
        framework: RLFramework | None = None,
        source_dir: str | None = None,
        hyperparameters: Mapping[str, Any] | None = None,
        image_uri: str | None = None,
        metric_definitions: Sequence[Mapping[str, str]] | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.update(renamed(kwargs))
        image_uri = kwargs.pop("image_uri", image_uri)
        _check_kinds(toolkit, framework)
        named = {"toolkit": toolkit, "toolkit_version": toolkit_version, "framework": framework}
        if image_uri:
            _warn_of_unused([name for name, value in named.items() if value])
        else:
            toolkit, toolkit_version, framework = _complete(named)
            self.framework_version = _framework_version(toolkit.value, toolkit_version, framework.value)
            self.toolkit, self.toolkit_version, self.framework = toolkit.value, toolkit_version, framework.value
            metric_definitions = metric_definitions or self.default_metric_definitions(toolkit)
        super().__init__(
            entry_point,
            source_dir,
            hyperparameters,
            image_uri=image_uri,
            metric_definitions=metric_definitions,
            **kwargs,
        )

    @classmethod
    def default_metric_definitions(cls, toolkit: RLToolkit) -> list[dict[str, str]]:
        """Return what a toolkit logs of the agent's rewards.

        Raises:
            ValueError: There is no such toolkit.
        """
        if not isinstance(toolkit, RLToolkit):
            raise ValueError(f"An unknown RLToolkit enum was passed in. toolkit: {toolkit}")
        return [{"Name": name, "Regex": regex} for name, regex in _METRICS[toolkit.value].items()]

    def training_image_uri(self, region: str | None = None) -> str:
        """Return the image that trains, in the session's region or another."""
        if self.image_uri:
            return self.image_uri
        from sagewright import image_uris

        logger.info("image_uri is not presented, retrieving image_uri based on instance_type, framework etc.")
        return image_uris.retrieve(
            f"{self.toolkit}-{self.framework}",
            region or self.sagemaker_session.boto_region_name,
            version=self.toolkit_version,
            instance_type=self.instance_type,
        )

    def hyperparameters(self) -> dict[str, Any]:
        """Return the hyperparameters, each as JSON, with where the script may leave its output."""
        output = None if self.output_path is None else self._s3_output_path()
        more = {"sagemaker_s3_output": output, "sagemaker_estimator": "RLEstimator"}
        return {**super().hyperparameters(), **as_json(more)}

    def create_model(
        self,
        role: str | None = None,
        vpc_config_override: Any = VPC_CONFIG_DEFAULT,
        entry_point: str | None = None,
        source_dir: str | None = None,
        dependencies: Sequence[str] | None = None,
        **kwargs: Any,
    ) -> FrameworkModel:
        """Return a model of what was trained: of the framework below the toolkit, or of the estimator's image.

        Args:
            role: None: the estimator's.
            entry_point, source_dir, dependencies: The code that serves; None: that which has trained.
            **kwargs: `name` and `image_uri`.

        Raises:
            AttributeError: There is a folder or a dependency, and no `entry_point` in it.
            NotImplementedError: Ray has trained, whose models no image serves.
        """
        kwargs.pop("model_kms_key", None)  # `deploy` hands it to every framework's; v2 encrypts no code here
        no_surplus("RLEstimator.create_model", {n: kwargs[n] for n in kwargs if n not in ("name", "image_uri")})
        if not entry_point and (source_dir or dependencies):
            raise AttributeError("Please provide an `entry_point`.")
        common = self._model_arguments(kwargs)
        code_location = common.pop("code_location")
        common = {
            "model_data": self.model_data,
            "role": role or self.role,
            "vpc_config": self.get_vpc_config(vpc_config_override),
            **common,
        }
        code = {
            "entry_point": entry_point or self._model_entry_point(),
            "source_dir": source_dir or self._model_source_dir(),
            "code_location": code_location,
            "dependencies": dependencies or self.dependencies,
        }
        return self._framework_model(common, code)

    def _framework_model(self, common: Document, code: Document) -> FrameworkModel:
        from sagewright.model import FrameworkModel
        from sagewright.mxnet.model import MXNetModel
        from sagewright.tensorflow.model import TensorFlowModel

        if self.image_uri:
            return FrameworkModel(**common, **code)
        if self.toolkit == RLToolkit.RAY.value:
            raise NotImplementedError(
                "Automatic deployment of Ray models is not currently available. Train policy parameters are available "
                "in model checkpoints in the TrainingJob output."
            )
        if self.framework == RLFramework.TENSORFLOW.value:
            return TensorFlowModel(framework_version=self.framework_version, **common)
        return MXNetModel(framework_version=self.framework_version, py_version="py3", **common, **code)

    @classmethod
    def _prepare_init_params_from_job_description(
        cls, job_details: Document, model_channel_name: str | None = None
    ) -> Document:
        from sagewright.fw_utils import framework_name_from_image

        arguments = super()._prepare_init_params_from_job_description(job_details, model_channel_name)
        image_uri = arguments.pop("image_uri")
        framework, _, tag, _ = framework_name_from_image(image_uri)
        if framework is None:
            return {**arguments, "image_uri": image_uri}
        match = _TAG.fullmatch(tag or "")
        toolkit, version = match.groups() if match else ("", "")
        if framework not in TOOLKIT_FRAMEWORK_VERSION_MAP.get(toolkit, {}).get(version, {}):
            raise ValueError(f"Training job: {job_details['TrainingJobName']} didn't use image for requested framework")
        found = {
            "toolkit": RLToolkit(toolkit),
            "toolkit_version": version,
            "framework": RLFramework(framework),
        }
        return {**arguments, **found}


def _check_kinds(toolkit: Any, framework: Any) -> None:
    if toolkit and not isinstance(toolkit, RLToolkit):
        raise ValueError(f"Invalid type: {toolkit}, valid RL toolkits types are: {list(RLToolkit)}")
    if framework and not isinstance(framework, RLFramework):
        raise ValueError(f"Invalid type: {framework}, valid RL frameworks types are: {list(RLFramework)}")


def _complete(named: Mapping[str, Any]) -> tuple[RLToolkit, str, RLFramework]:
    missing = [name for name, value in named.items() if not value]
    if missing:
        raise AttributeError(f"Please provide `{'`, `'.join(missing)}` or `image_uri` parameter.")
    return named["toolkit"], named["toolkit_version"], named["framework"]


def _framework_version(toolkit: str, toolkit_version: str, framework: str) -> str:
    version = TOOLKIT_FRAMEWORK_VERSION_MAP[toolkit].get(toolkit_version, {}).get(framework)
    if version is None:
        raise AttributeError(
            f"Provided `{toolkit}-{toolkit_version}` and `{framework}` combination is not supported.\n"
            f"hint: there are {_combinations(toolkit)}."
        )
    return version


def _combinations(toolkit: str) -> str:
    versions = TOOLKIT_FRAMEWORK_VERSION_MAP[toolkit]
    return ", ".join(f"{version} with {' or '.join(frameworks)}" for version, frameworks in versions.items())


def _warn_of_unused(names: Sequence[str]) -> None:
    if names:
        logger.warning(
            "Parameter `image_uri` is specified, `%s` are going to be ignored when choosing the image.",
            "`, `".join(names),
        )
