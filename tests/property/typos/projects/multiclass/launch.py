from sagewright.estimator import Estimator
from sagewright.image_uris import retrieve
from sagewright.inputs import TrainingInput
from sagewright.session import Session

learner = Estimator(
    image_uri=retrieve("linear-learner", "eu-west-1"),
    role="arn:aws:iam::123456789012:role/Trainer",  # free
    instance_count=1,
    instance_type="ml.c4.xlarge",
    input_mode="Pipe",
    sagemaker_session=Session(),
    hyperparameters={
        "predictor_type": "multiclass_classifier",
        "num_classes": 3,
        "feature_dim": 4,
        "l1": 0.0,
        "early_stopping_patience": 4,
        "balance_multiclass_weights": True,
    },
)
channels = {}
for channel in ("train", "validation", "test"):
    channels[channel] = TrainingInput(f"s3://data/{channel}", content_type="text/csv", compression="None")
learner.fit(inputs=channels)
