"""Call the function of a job: `python -m sagemaker.remote_function.invoke_function` (v2's own path)."""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import TYPE_CHECKING, Any

from sagewright.remote_function import errors, logging_config
from sagewright.remote_function.core.pipeline_variables import Context
from sagewright.s3 import s3_path_join

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sagewright.session import Session

SUCCESS_EXIT_CODE = 0


def main(sys_args: Sequence[str] | None = None) -> None:
    """Call the function, store what it returns or raises, and exit: with 0, or as the error says."""
    logger = logging_config.get_logger()
    args = _parse_args(sys_args)
    session, context = _get_sagemaker_session(args.region), _load_pipeline_context(args)
    code = SUCCESS_EXIT_CODE
    try:
        _execute_remote_function(session, args.s3_base_uri, args.s3_kms_key, args.run_in_context, context)
    except Exception as error:
        logger.exception("Error encountered while invoking the remote function.")
        place = s3_path_join(args.s3_base_uri, context.execution_id or "", context.step_name or "")
        code = errors.handle_error(error, session, place if context.step_name else args.s3_base_uri, args.s3_kms_key)
    sys.exit(code)


def _parse_args(args: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--region", required=True)
    parser.add_argument("--s3_base_uri", required=True)
    for name in (
        "--s3_kms_key",
        "--run_in_context",
        "--pipeline_step_name",
        "--pipeline_execution_id",
        "--func_step_s3_dir",
    ):
        parser.add_argument(name)
    parser.add_argument("--property_references", nargs="+", default=[])
    parser.add_argument("--serialize_output_to_json", default=False, type=lambda text: text.lower() == "true")
    return parser.parse_known_args(args)[0]


def _get_sagemaker_session(region: str) -> Session:
    import boto3

    from sagewright.session import Session

    return Session(boto_session=boto3.Session(region_name=region))


def _load_pipeline_context(args: argparse.Namespace) -> Context:
    references = args.property_references
    return Context(
        step_name=args.pipeline_step_name,
        execution_id=args.pipeline_execution_id,
        property_references=dict(zip(references[::2], references[1::2], strict=True)),
        serialize_output_to_json=args.serialize_output_to_json,
        func_step_s3_dir=args.func_step_s3_dir,
    )


def _execute_remote_function(
    sagemaker_session: Any, s3_base_uri: str, s3_kms_key: str | None, run_in_context: str | None, context: Context
) -> None:
    from sagewright.remote_function.core.stored_function import StoredFunction

    stored = StoredFunction(sagemaker_session, s3_base_uri, s3_kms_key, context)
    stored.keeps_result = is_first_process()
    if run_in_context:
        with _load_run_object(run_in_context, sagemaker_session):
            stored.load_and_invoke()
    else:
        stored.load_and_invoke()


def is_first_process() -> bool:
    """Tell whether this is the first of the processes that torchrun or mpirun has started: its result counts."""
    return int(os.environ.get("RANK") or os.environ.get("OMPI_COMM_WORLD_RANK") or 0) == 0


def _load_run_object(run_in_context: str, sagemaker_session: Any) -> Any:
    from sagewright.experiments.run import Run
    from sagewright.remote_function.job import KEY_EXPERIMENT_NAME, KEY_RUN_NAME

    named = json.loads(run_in_context)
    return Run(
        experiment_name=named[KEY_EXPERIMENT_NAME],
        run_name=named.get(KEY_RUN_NAME),
        sagemaker_session=sagemaker_session,
    )


if __name__ == "__main__":
    main(sys.argv[1:])
