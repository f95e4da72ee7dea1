import sagewright as sagemaker
from sagewright.estimator import Estimator

session = sagemaker.Session(default_bucket="results")  # free
image = sagemaker.image_uris.retrieve(
    "pytorch",
    region=session.boto_region_name,
    version="2.2.0",
    py_version="py310",
    instance_type="ml.m5.large",
    image_scope="training",
)
estimator = Estimator(
    image_uri=image,
    entry_point="train.py",
    source_dir=".",
    role="arn:aws:iam::123456789012:role/Trainer",  # free
    instance_count=1,
    instance_type="ml.m5.large",
    environment={"STAGE": "1", "RETRIES": "3"},
    max_retry_attempts=2,
    tags=[{"Key": "team", "Value": "prices"}],  # free
    sagemaker_session=session,
)
estimator.set_hyperparameters(seed=7, folds=5)
estimator.fit({"table": "s3://data/train"})
