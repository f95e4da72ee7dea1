"""`sagewright jobs`: what boto3 has no call for."""

from __future__ import annotations

import argparse
from typing import Any

from sagewright import targets


def add_to(commands: Any) -> None:
    """Add the command group."""
    group = commands.add_parser("jobs", help="act on training jobs").add_subparsers(
        dest="action", metavar="ACTION", required=True
    )
    parser = group.add_parser("interrupt", help="interrupt a running spot job, to try out how it goes on")
    parser.add_argument("name", metavar="NAME", help="the training job's name")
    parser.set_defaults(function=interrupt)


def interrupt(options: argparse.Namespace) -> int:
    """Interrupt a spot job.

    Raises:
        ValueError: It cannot be interrupted, or the target is not this engine.
    """
    from botocore.exceptions import ClientError

    from sagewright.vocabulary.spot import INTERRUPT_TAG

    target = targets.current()
    if target.name == "aws":
        raise ValueError("Amazon SageMaker interrupts spot jobs itself\nhint: use the target `local`")
    client = targets.boto_session().client("sagemaker")
    try:
        arn = client.describe_training_job(TrainingJobName=options.name)["TrainingJobArn"]
        client.add_tags(ResourceArn=arn, Tags=[{"Key": INTERRUPT_TAG, "Value": "now"}])
    except ClientError as error:
        raise ValueError(error.response["Error"]["Message"]) from None
    print(f"interrupted {options.name}; it has two minutes to leave, and starts again then")
    return 0
