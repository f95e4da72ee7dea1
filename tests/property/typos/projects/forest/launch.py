import sagewright as sagemaker
from sagewright.sklearn import SKLearn

session = sagemaker.Session()

forest = SKLearn(
    entry_point="train.py",
    framework_version="1.2-1",
    instance_type="ml.m5.large",
    role="arn:aws:iam::123456789012:role/Trainer",  # free
    sagemaker_session=session,
    hyperparameters={"n-estimators": 50, "max-depth": 4, "criterion": "entropy"},
)
forest.fit({"train": "s3://data/train", "test": "s3://data/test"})
