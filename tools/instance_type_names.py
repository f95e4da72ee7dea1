"""Write `vocabulary/instance_type_names.py` afresh from botocore's model of the service."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import botocore.session

from sagewright.vocabulary import instance_type_names

SHAPES = ("TrainingInstanceType", "ProductionVariantInstanceType", "ProcessingInstanceType", "TransformInstanceType")
FILE = Path(instance_type_names.__file__)


def main() -> None:
    model = botocore.session.Session().get_service_model("sagemaker")
    names = {name for shape in SHAPES for name in model.shape_for(shape).enum}
    lines = "".join(f'    "{name}",\n' for name in ["local", "local_gpu", *sorted(names, key=_in_order)])
    before, _, rest = FILE.read_text().partition("InstanceTypeName = Literal[\n")
    FILE.write_text(f"{before}InstanceTypeName = Literal[\n{lines}]{rest.partition(']')[2]}")
    print(f"{len(names) + 2} names, {len(get_args(instance_type_names.InstanceTypeName))} before")


def _in_order(name: str) -> tuple[str, int, str]:
    """Return what sorts a family's sizes from the smallest."""
    _, family, size = name.split(".", 2)
    number = re.match(r"\d+", size)
    small = {"medium": -2, "large": -1, "xlarge": 0}
    return family, int(number.group()) if number else small.get(size, 999), size


if __name__ == "__main__":
    main()
