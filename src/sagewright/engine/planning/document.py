"""The document a host of an execution works from: everything it needs, so that it asks nobody while it runs.

Paths are relative to the container's `/opt/ml` unless they say otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sagewright.engine.planning.batch import Batch


@dataclass(frozen=True)
class Fetch:
    """A channel: objects for the user's code, as files that are there when it starts or through named pipes.

    Attributes:
        prefix: Every key of `bucket` that begins with it; for the manifests the key of the manifest.
        path: Where the files lie; a pipe's name is the path, `_` and the number of the epoch.
        data_type: `S3Prefix`; `S3Object`: the one object whose key is `prefix`; `ManifestFile`: a JSON array of
            `{"prefix": S3 URI}` and of names that stand behind that prefix; `AugmentedManifestFile`: a line of JSON for
            each example.
        mode: `File`, `FastFile` (read-only) or `Pipe`.
        gunzip: Expand the objects on their way into the pipe.
        record_io: Put each object into a RecordIO frame on its way into the pipe.
        attributes: Which of an augmented manifest's go into the pipe, in this order.
        seed: Of the shuffle; None: in order.
        share, shares: This host gets every `shares`-th object, from number `share` on.
    """

    channel: str
    bucket: str
    prefix: str
    path: str
    data_type: str = "S3Prefix"
    mode: str = "File"
    gunzip: bool = False
    record_io: bool = False
    attributes: Sequence[str] = ()
    seed: int | None = None
    share: int = 0
    shares: int = 1


@dataclass(frozen=True)
class Unpack:
    """A `.tar.gz` object to extract into `path` before the user's code starts.

    Attributes:
        what: What it is to the user.
        max_bytes: What its files may come to; None: whatever they come to.
    """

    bucket: str
    key: str
    path: str
    what: str = "model data"
    max_bytes: int | None = None


@dataclass(frozen=True)
class Upload:
    """A folder to store when the user's code has ended, as one gzipped tar archive at `key`.

    What several hosts have left in it goes into the same archive, which the last host to end writes.
    With `required` the archive is made of an empty folder too (but not for a program that failed); else an empty folder
    is passed over. Without `compressed` its files are stored one by one behind `key`, which then ends in a slash.
    """

    path: str
    bucket: str
    key: str
    required: bool = False
    compressed: bool = True


@dataclass(frozen=True)
class Sync:
    """A folder whose files are stored behind `prefix` as they change, and once more when the user's code has ended.

    With `both_ways` the folder begins with the objects that are there, and a file that is deleted takes its object with
    it. `prefix` is empty or ends in a slash.
    """

    path: str
    bucket: str
    prefix: str
    both_ways: bool = False


@dataclass(frozen=True)
class Mount:
    """A folder of this machine that the program sees as `target` (`/opt/NAME`), where the kernel allows it."""

    source: str
    target: str


@dataclass(frozen=True)
class Container:
    """The container that the program is, in place of a process of this machine.

    Attributes:
        image: What the engine knows it by.
        engine: Environment variables that lead to the engine (`DOCKER_HOST`, ...).
        entry_point: In place of the image's own; None: that one, with the host's `command` as its arguments.
        pull: When its image is pulled: if it is `missing`, `always` or `never`.
        cpus: That it may keep busy; 0: all.
    """

    image: str
    engine: Mapping[str, str]
    entry_point: Sequence[str] | None = None
    pull: str = "missing"
    cpus: float = 0.0


@dataclass(frozen=True)
class Metrics:
    """Where the numbers go that `definitions` (`{"Name", "Regex"}`) find in the log's lines."""

    namespace: str
    dimensions: Mapping[str, str]
    definitions: Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class Server:
    """How a served model is reached and checked.

    Attributes:
        port_variable: Environment variable that tells the server which loopback port to bind.
        ping_path: Answers 200 when the server is ready (`contract.md` 2.1).
        startup_s: Seconds it may take until then.
        download_s: Seconds that bringing its model may take before; None: however long.
        fixed_port: The port it binds whatever it is told; it then gets a network of its own.
    """

    port_variable: str = "SAGEMAKER_BIND_TO_PORT"
    ping_path: str = "/ping"
    startup_s: float = 240.0
    download_s: float | None = None
    fixed_port: int | None = None


@dataclass(frozen=True)
class Role:
    """Whom work acts as that somebody has ordered over the network.

    Attributes:
        arn: Of the role that the request hands over.
        account, region: Where the work was ordered.
    """

    arn: str
    account: str
    region: str


@dataclass(frozen=True)
class Warm:
    """How the user's program has to do with a warm pool.

    Attributes:
        interpreter: Names the warm interpreter to start it from; empty: none.
        keep_alive_s: For how many seconds an interpreter shall wait afterwards that has imported what it did; 0: none.
    """

    interpreter: str = ""
    keep_alive_s: float = 0.0


@dataclass(frozen=True)
class HostDocument:
    """One host's whole work.

    Attributes:
        command: The user's program and its arguments; the word `{python}` stands for the execution's interpreter.
        environment: Variables of the user's program, beside those the executor sets.
        files: Text files to write, path -> content.
        folders: Folders to make.
        working_folder: Where the program starts, relative to `/opt/ml` or absolute.
        mounts: What it sees beside `/opt/ml`.
        container: The container that the program is; its `command` is what `docker run IMAGE` is given.
        log_group, log_stream: Where its lines go.
        max_runtime_s: Seconds the program may run; then it is stopped as by a stop order. None: for ever.
        grace_s: Seconds between SIGTERM and SIGKILL.
        memory_bytes: What the user's program and all that it starts may hold together; None: as much as there is.
        server: Set for a served model; None for a job.
        warm: Set where the execution has a warm pool, or leaves one.
        batch: Set for the client of a transform job, which is no program of the user's.
        role: Whose rights its work has; None: it was ordered in the user's own process, where the operating system is
            the border.
        addresses: Each of several hosts -> its IPv4 address in their network; empty: this is the only host.
    """

    host: str
    command: Sequence[str]
    environment: Mapping[str, str]
    files: Mapping[str, str]
    folders: Sequence[str]
    log_group: str
    log_stream: str
    working_folder: str = ""
    fetches: Sequence[Fetch] = ()
    unpacks: Sequence[Unpack] = ()
    uploads: Sequence[Upload] = ()
    syncs: Sequence[Sync] = ()
    metrics: Metrics | None = None
    max_runtime_s: float | None = None
    grace_s: float = 120.0
    memory_bytes: int | None = None
    network_isolation: bool = False
    server: Server | None = None
    warm: Warm | None = None
    addresses: Mapping[str, str] = field(default_factory=dict)
    mounts: Sequence[Mount] = ()
    container: Container | None = None
    batch: Batch | None = None
    role: Role | None = None

    def start_folder(self, ml: Path) -> Path:
        """Return where the program starts for one that sees the host's folders as they are, `ml` among them."""
        places = {mount.target: mount.source for mount in self.mounts}
        return ml / places.get(self.working_folder, self.working_folder)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> HostDocument:
        values = dict(document)
        values["fetches"] = [
            Fetch(**{**item, "attributes": tuple(item["attributes"])}) for item in values.get("fetches", ())
        ]
        values["unpacks"] = [Unpack(**item) for item in values.get("unpacks", ())]
        values["uploads"] = [Upload(**item) for item in values.get("uploads", ())]
        values["syncs"] = [Sync(**item) for item in values.get("syncs", ())]
        values["metrics"] = Metrics(**values["metrics"]) if values.get("metrics") else None
        values["mounts"] = [Mount(**item) for item in values.get("mounts", ())]
        values["container"] = Container(**values["container"]) if values.get("container") else None
        values["server"] = Server(**values["server"]) if values.get("server") else None
        values["batch"] = Batch.from_json(values["batch"]) if values.get("batch") else None
        values["role"] = Role(**values["role"]) if values.get("role") else None
        values["warm"] = Warm(**values["warm"]) if values.get("warm") else None
        return cls(**values)


@dataclass(frozen=True)
class ExecutionPlan:
    """What an executor starts: one process tree per host.

    Attributes:
        execution_id: Names the execution for ever (one attempt of a job, one instance of a variant). Letters, digits
            and hyphens; part of file names.
        python: The interpreter that runs the user's code.
    """

    execution_id: str
    python: str
    hosts: Sequence[HostDocument] = field(default_factory=list)
