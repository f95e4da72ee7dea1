import sagewright as sagemaker
from sagewright.sklearn import SKLearn

session = sagemaker.Session()

report = SKLearn(
    "train.py",
    framework_version="0.23-1",
    instance_type="ml.t3.medium",
    role="arn:aws:iam::123456789012:role/Trainer",  # free
    sagemaker_session=session,
)
report.fit({"table": "s3://data/train", "lookup": "s3://data/test"})
