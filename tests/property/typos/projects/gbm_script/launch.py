from sagewright.session import Session
from sagewright.xgboost import XGBoost

trees = XGBoost(
    entry_point="train.py",
    framework_version="1.7-1",
    instance_count=1,
    instance_type="ml.m5.large",
    role="arn:aws:iam::123456789012:role/Trainer",  # free
    hyperparameters={"num_round": 20, "max_depth": 3, "eta": 0.3, "objective": "reg:squarederror"},
    code_location="s3://results/code",  # free
    base_job_name="trees",  # free
    sagemaker_session=Session(),
)
trees.fit({"train": "s3://data/train", "validation": "s3://data/validation"})
