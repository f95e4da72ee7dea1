"""What is known of a job before it starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from sagewright.session import Session
    from sagewright.vocabulary.image_tables import ImageIdentity

Document = Mapping[str, Any]


class Source(NamedTuple):
    """The user's code, on this machine.

    Attributes:
        entry_point: A path in `source_dir`, if there is one.
        source_dir: A folder, or the S3 URI of an archive.
        repository: The clone that all these lie in.
    """

    entry_point: str
    source_dir: str | None = None
    dependencies: Sequence[str] = ()
    repository: str | None = None


class Flight(NamedTuple):
    """A job before it starts.

    Attributes:
        request: Of `CreateTrainingJob`; channels of local data hold paths still.
        session: Answers about names in the request.
        is_local: Jobs run on this machine, in the Python that runs now.
        source: None: the image brings all code along.
        image: None: it is none of Amazon's.
        is_named: The user chose the job's name.
    """

    request: Document
    session: Session
    is_local: bool
    source: Source | None = None
    image: ImageIdentity | None = None
    is_named: bool = False

    @property
    def hyperparameters(self) -> Mapping[str, str]:
        """The hyperparameters as they are sent."""
        found: Mapping[str, str] = self.request.get("HyperParameters", {})
        return found

    @property
    def environment(self) -> Mapping[str, str]:
        """The job's environment variables."""
        found: Mapping[str, str] = self.request.get("Environment", {})
        return found

    @property
    def channels(self) -> Mapping[str, Document]:
        """The channels by name."""
        return {channel["ChannelName"]: channel for channel in self.request.get("InputDataConfig", ())}

    @property
    def runs_in_this_python(self) -> bool:
        """Whether the modules that a script can import are those that can be imported here."""
        return self.is_local and self.image is not None
