"""What a training job's request must hold where script mode runs it (`contract.md` 1.12, 1.14)."""

from __future__ import annotations

import importlib.util
import shutil

from sagewright.engine.parts import Params
from sagewright.vocabulary.errors import validation_error
from sagewright.vocabulary.s3_uris import split_s3_uri
from sagewright.vocabulary.script_mode import MPI, SUBMIT_DIRECTORY, decoded, submit_directory_of

# What the launchers of Amazon's containers bring that this machine has not.
_REFUSED = {
    "sagemaker_distributed_dataparallel_enabled": "smdistributed.dataparallel is a library of Amazon's machines",
    "sagemaker_pytorch_ddp_enabled": "pytorchddp is a launcher of Amazon's images",
    "sagemaker_pytorch_xla_multi_worker_enabled": "pytorchxla is a launcher of Amazon's images",
    "sagemaker_parameter_server_enabled": "parameter_server needs processes that the framework's image starts",
    "mp_parameters": "smdistributed.modelparallel is a library of Amazon's machines",
    "sagemaker_multi_worker_mirrored_strategy_enabled": "multi_worker_mirrored_strategy is not built",
}


def check_script(params: Params) -> None:
    """Check what script mode is told.

    Raises:
        ApiError: `ValidationException`: it cannot be honoured here.
    """
    hyperparameters = params.get("HyperParameters") or {}
    for name, why in _REFUSED.items():
        if decoded(hyperparameters.get(name)):
            raise validation_error(
                f"The distribution that the hyperparameter `{name}` asks for cannot be had here: {why}.\n"
                'hint: distribution={"torch_distributed": {"enabled": True}} runs PyTorch on several processes and '
                "hosts."
            )
    if decoded(hyperparameters.get(MPI)):
        _check_mpi()
    _check_place(submit_directory_of(hyperparameters, params.get("Environment") or {}))


def _check_mpi() -> None:
    if shutil.which("mpirun") is None:
        raise validation_error(
            "The distribution `mpi` needs the program `mpirun`, which is not on the search path.\n"
            "hint: install Open MPI, for example with `apt-get install openmpi-bin`."
        )
    if importlib.util.find_spec("mpi4py") is None:
        raise validation_error(
            "The distribution `mpi` needs the library `mpi4py`, which is not installed in this Python environment.\n"
            "hint: pip install mpi4py"
        )


def _check_place(place: str | None) -> None:
    if place is None or not place.startswith("s3://"):
        return
    try:
        split_s3_uri(place)
    except ValueError:
        raise validation_error(f"The hyperparameter `{SUBMIT_DIRECTORY}`: `{place}` is not an S3 URI.") from None
