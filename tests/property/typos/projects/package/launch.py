import sagewright as sagemaker
from sagewright.sklearn import SKLearn

session = sagemaker.Session()

estimator = SKLearn(
    entry_point="main.py",
    source_dir="source",
    dependencies=["shared"],
    framework_version="1.2-1",
    instance_type="ml.r5.large",
    role="arn:aws:iam::123456789012:role/Trainer",  # free
    sagemaker_session=session,
    hyperparameters={"window": 7},
    enable_network_isolation=False,
)
estimator.fit({"series": "s3://data/train"})
