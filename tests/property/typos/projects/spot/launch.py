import sagewright as sagemaker
from sagewright.sklearn import SKLearn

session = sagemaker.Session()
estimator = SKLearn(
    entry_point="train.py",
    framework_version="1.2-1",
    instance_type="ml.m5.xlarge",
    role="arn:aws:iam::123456789012:role/Trainer",  # free
    use_spot_instances=True,
    max_run=1000,
    max_wait=2000,
    checkpoint_s3_uri="s3://results/spot",  # free
    hyperparameters={"chunk-size": 1000, "passes": 3},
    sagemaker_session=session,
)
estimator.fit({"training": "s3://data/train"}, logs="None")
