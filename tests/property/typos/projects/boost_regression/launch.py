import sagewright
from sagewright.inputs import TrainingInput

session = sagewright.Session()
settings = {
    "objective": "reg:squarederror",
    "num_round": "100",
    "colsample_bytree": "0.7",
    "tree_method": "hist",
    "early_stopping_rounds": "5",
    "booster": "gbtree",
}
estimator = sagewright.estimator.Estimator(
    image_uri=sagewright.image_uris.retrieve(framework="xgboost", region="us-east-1", version="1.5-1"),
    role="arn:aws:iam::123456789012:role/Trainer",  # free
    instance_count=2,
    instance_type="ml.m5.xlarge",
    volume_size=5,
    hyperparameters=settings,
    sagemaker_session=session,
)
inputs = {
    "train": TrainingInput("s3://data/train", content_type="libsvm", s3_data_type="S3Prefix"),
    "validation": TrainingInput("s3://data/validation", content_type="libsvm"),
}
estimator.fit(inputs, wait=True, logs="All")
