"""What the estimators of Amazon's algorithms have in common (`contract.md` 7.9)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, ClassVar

from sagewright import image_uris
from sagewright.amazon import validation
from sagewright.amazon.hyperparameter import Hyperparameter
from sagewright.amazon.record_sets import FileSystemRecordSet, RecordSet
from sagewright.amazon.record_uploads import upload_numpy_to_s3_shards
from sagewright.amazon.serving import AlgorithmModel
from sagewright.arguments import suggesting, suggests
from sagewright.deferring import runnable_by_pipeline
from sagewright.deprecations import renamed_warning
from sagewright.estimator.base import VPC_CONFIG_DEFAULT, EstimatorBase
from sagewright.s3 import parse_s3_url, s3_path_join
from sagewright.vocabulary.names import sagemaker_timestamp
from sagewright.vocabulary.variables import is_variable

if TYPE_CHECKING:
    from sagewright.vocabulary.instance_type_names import InstanceType

__all__ = [
    "AmazonAlgorithmEstimatorBase",
    "FileSystemRecordSet",
    "RecordSet",
    "get_image_uri",
    "upload_numpy_to_s3_shards",
]

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]


@suggests
class AmazonAlgorithmEstimatorBase(EstimatorBase):
    """What the estimators of Amazon's algorithms have in common.

    Args:
        data_location: S3 URI of where `record_set` stores; None: `sagemaker-record-sets/` in the default bucket.
        **kwargs: As for `EstimatorBase`.
    """

    feature_dim = Hyperparameter("feature_dim", validation.gt(0), data_type=int)
    mini_batch_size = Hyperparameter("mini_batch_size", validation.gt(0), data_type=int)
    repo_name: ClassVar[str | None] = None
    repo_version: ClassVar[str | None] = None
    DEFAULT_MINI_BATCH_SIZE: ClassVar[int | None] = None
    _model_class: ClassVar[type[AlgorithmModel]]

    def __init__(
        self,
        role: str | None = None,
        instance_count: int | None = None,
        instance_type: InstanceType | None = None,
        data_location: str | None = None,
        enable_network_isolation: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            role, instance_count, instance_type, enable_network_isolation=enable_network_isolation, **kwargs
        )
        self._data_location: str | None = None
        self._images: dict[tuple[str, str, str | None], str] = {}
        if data_location:
            self.data_location = data_location

    def _set(self, **hyperparameters: Any) -> None:
        """Set hyperparameters by their attributes, in order."""
        for attribute, value in hyperparameters.items():
            setattr(self, attribute, value)

    def training_image_uri(self) -> str:
        """Return the algorithm's image."""
        assert self.repo_name is not None
        asked = (self.repo_name, self.sagemaker_session.boto_region_name, self.repo_version)
        if asked not in self._images:  # each look-up logs what it has chosen
            self._images[asked] = image_uris.retrieve(asked[0], asked[1], version=asked[2])
        return self._images[asked]

    def hyperparameters(self) -> Document:
        """Return the hyperparameters that have a value, as text."""
        return Hyperparameter.serialize_all(self)

    @property
    def data_location(self) -> str:
        """Below which S3 URI `record_set` stores.

        Raises:
            ValueError: It is set to something else.
            TypeError: It is set to what only a pipeline's run decides.
        """
        if self._data_location is None:
            session = self.sagemaker_session
            self._data_location = s3_path_join(
                "s3://",
                session.default_bucket(),
                session.default_bucket_prefix or "",
                "sagemaker-record-sets",
                with_end_slash=True,
            )
        return self._data_location

    @data_location.setter
    def data_location(self, data_location: Any) -> None:
        if is_variable(data_location):
            raise TypeError(
                "Invalid input: data_location should be a plain string rather than a pipeline variable - "
                f"({type(data_location)})."
            )
        if not data_location.startswith("s3://"):
            raise ValueError(f'Expecting an S3 URL beginning with "s3://". Got "{data_location}"')
        self._data_location = data_location if data_location.endswith("/") else f"{data_location}/"

    # Training -----------------------------------------------------------------------------------------------------

    @runnable_by_pipeline
    def fit(  # type: ignore[override]  # v2's: these take records where others take channels
        self,
        records: Any,
        mini_batch_size: int | None = None,
        wait: bool = True,
        logs: Any = True,
        job_name: str | None = None,
        experiment_config: Document | None = None,
    ) -> None:
        """Train on records.

        Args:
            records: What `record_set` returns, a `FileSystemRecordSet`, or a list of them with one for `train`.
            mini_batch_size: None: the algorithm's own.
            wait, logs, job_name, experiment_config: As of `Estimator.fit`.

        Raises:
            ValueError: There are no records for `train`, or the size of the batches is none.
            UnexpectedStatusException: The job has failed.
        """
        self._prepare_for_training(records, mini_batch_size=mini_batch_size, job_name=job_name)
        return super().fit(records, wait, logs, job_name, experiment_config)  # of a pipeline, what a step is made of

    def prepare_workflow_for_training(  # type: ignore[override]  # records come first, as in v2
        self, records: Any = None, mini_batch_size: int | None = None, job_name: str | None = None
    ) -> None:
        """Set what `fit` would set, without a job.

        Args:
            records, mini_batch_size, job_name: As of `fit`.
        """
        self._prepare_for_training(records=records, mini_batch_size=mini_batch_size, job_name=job_name)

    # Algorithms and users' subclasses override it under this name, which is v2's; tuners call it.
    def _prepare_for_training(
        self, records: Any, mini_batch_size: int | None = None, job_name: str | None = None
    ) -> None:
        """Set the job's name and the hyperparameters that the records decide."""
        self._current_job_name = job_name or self._new_name()
        self._s3_output_path()
        trained_on = self._train_records(records)
        if not mini_batch_size and self.DEFAULT_MINI_BATCH_SIZE is not None:
            mini_batch_size = self._get_default_mini_batch_size(trained_on.num_records)
        self.feature_dim = trained_on.feature_dim
        self.mini_batch_size = mini_batch_size

    @staticmethod
    def _train_records(records: Any) -> Any:
        """Return the records that are trained on.

        Raises:
            ValueError: There are none.
        """
        for each in records if isinstance(records, list) else ():
            if each.channel == "train":
                return each
        if isinstance(records, list):
            raise ValueError("Must provide train channel.")
        if not hasattr(records, "feature_dim"):
            raise ValueError(
                f"`{type(records).__name__}` is no set of records.\n"
                "hint: `estimator.fit(estimator.record_set(array))`; `Estimator` trains on channels of any data."
            )
        return records

    def _get_default_mini_batch_size(self, num_records: int) -> int:
        """Return a size that no host has fewer records than."""
        if is_variable(self.instance_count):
            logger.warning(
                "mini_batch_size is not given in .fit() and instance_count is a pipeline variable (%s) which is only "
                "interpreted in pipeline execution time. Thus setting mini_batch_size to 1, since it can't be greater "
                "than number of records per instance_count, otherwise the training job fails.",
                type(self.instance_count),
            )
            return 1
        assert self.DEFAULT_MINI_BATCH_SIZE is not None
        assert self.instance_count is not None
        return min(self.DEFAULT_MINI_BATCH_SIZE, max(1, num_records // self.instance_count))

    def record_set(
        self,
        train: Any,
        labels: Any = None,
        channel: Any = "train",
        encrypt: bool = False,
        distribution: Any = "ShardedByS3Key",
    ) -> RecordSet:
        """Store an array in S3 as records, one object for each instance, and return what `fit` takes.

        Args:
            train: `(n_rows, n_features)`, of int, float or float32.
            labels: `(n_rows,)`.
            channel: The channel that they are for.
            encrypt: Let S3 encrypt the objects with a key of its own.
            distribution: `ShardedByS3Key` for one object to each instance, or `FullyReplicated`.

        Raises:
            ValueError: There are fewer rows than instances, or a shape or a type is another.
        """
        session = self.sagemaker_session
        bucket, prefix = parse_s3_url(self.data_location)
        s3 = session.boto_session.resource("s3", region_name=session.boto_region_name)
        place = f"{prefix}{type(self).__name__}-{sagemaker_timestamp()}/"
        assert self.instance_count is not None
        manifest = upload_numpy_to_s3_shards(
            self.instance_count, s3, bucket, place, train, labels, encrypt, sagemaker_session=session
        )
        return RecordSet(manifest, train.shape[0], train.shape[1], channel=channel, distribution=distribution)

    # What has come of it ------------------------------------------------------------------------------------------

    def create_model(self, vpc_config_override: Any = VPC_CONFIG_DEFAULT, **kwargs: Any) -> AlgorithmModel:
        """Return a model of what was trained.

        Args:
            vpc_config_override: Instead of the estimator's VPC.
            **kwargs: As for `Model`.
        """
        return self._model_class(
            self.model_data,
            self.role,
            self.sagemaker_session,
            vpc_config=self.get_vpc_config(vpc_config_override),
            **kwargs,
        )

    @classmethod
    def _prepare_init_params_from_job_description(
        cls, job_details: Document, model_channel_name: str | None = None
    ) -> Document:
        """Return the arguments of an estimator that would submit a job: hyperparameters by their attributes."""
        arguments = super()._prepare_init_params_from_job_description(job_details, model_channel_name)
        given = arguments.pop("hyperparameters")
        del arguments["image_uri"]
        for attribute in _arguments(cls):
            declared = getattr(cls, attribute, None)
            if isinstance(declared, Hyperparameter) and declared.name in given:
                arguments[attribute] = declared.from_text(given[declared.name])
        return arguments


def _arguments(owner: type) -> list[str]:
    """Return what the constructors of a class and of its bases take."""
    codes = [vars(parent)["__init__"].__code__ for parent in owner.__mro__[:-1] if "__init__" in vars(parent)]
    return [name for code in codes for name in code.co_varnames[1 : code.co_argcount]]


@suggesting
def get_image_uri(region_name: str, repo_name: str, repo_version: str = "1") -> str:
    """Return an algorithm's image: the name of `image_uris.retrieve` in v1."""
    renamed_warning("The method get_image_uri")
    return image_uris.retrieve(repo_name, region_name, version=repo_version)
