import sagewright as sagemaker
from sagewright.sklearn import SKLearn

session = sagemaker.Session()

estimator = SKLearn(
    entry_point="train.py",
    framework_version="1.0-1",
    instance_type="ml.c5.xlarge",
    role="arn:aws:iam::123456789012:role/Trainer",  # free
    container_log_level=10,
    max_run=100,
    hyperparameters={"threshold": 0.5, "verbose": 1},
    sagemaker_session=session,
)
findings = estimator.preflight({"train": "s3://data/train"})
assert findings == []
estimator.fit({"train": "s3://data/train"})
