from pathlib import Path

import sagewright as sagemaker
from sagewright.sklearn import SKLearn

folder = Path("table")
folder.mkdir(exist_ok=True)
(folder / "rows.csv").write_text("1,2,3")
estimator = SKLearn(
    entry_point="train.py",
    framework_version="1.2-1",
    py_version="py3",
    instance_type="ml.m5.large",
    role="arn:aws:iam::123456789012:role/Trainer",  # free
    output_path="s3://results/files",  # free
    sagemaker_session=sagemaker.Session(),
    hyperparameters={"columns": 3},
)
estimator.fit({"training": "table"}, job_name="files-1")  # free
