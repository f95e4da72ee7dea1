import sagewright as sagemaker
from sagewright.sklearn import SKLearn

session = sagemaker.Session()

options = {"alpha": 0.5, "fit-intercept": 1}
ridge = SKLearn(
    "ridge.py",
    source_dir="source",
    framework_version="1.2-1",
    instance_type="ml.c5.xlarge",
    role="arn:aws:iam::123456789012:role/Trainer",  # free
    max_run=600,
    volume_size=20,
    sagemaker_session=session,
    hyperparameters=options,
)
ridge.fit("s3://data/train", job_name="ridge-1")  # free
