from sagewright import image_uris
from sagewright.estimator import Estimator
from sagewright.inputs import TrainingInput
from sagewright.session import Session

session = Session()
region = session.boto_region_name
image = image_uris.retrieve("xgboost", region, version="1.7-1")
boost = Estimator(
    image,
    role="arn:aws:iam::123456789012:role/Trainer",  # free
    instance_count=1,
    instance_type="ml.m5.2xlarge",
    output_path="s3://results/boost",  # free
    sagemaker_session=session,
)
boost.set_hyperparameters(
    objective="binary:logistic",
    num_round=50,
    max_depth=5,
    eta=0.2,
    subsample=0.8,
    min_child_weight=6,
    eval_metric="auc",
)
train = TrainingInput("s3://data/train", content_type="text/csv", distribution="FullyReplicated")
validation = TrainingInput("s3://data/validation", content_type="text/csv", input_mode="File")
boost.fit({"train": train, "validation": validation})
