import sagewright as sagemaker
from sagewright.estimator import Estimator

session = sagemaker.Session()
image_uri = sagemaker.image_uris.retrieve("linear-learner", session.boto_region_name)
lines = Estimator(
    image_uri,
    "arn:aws:iam::123456789012:role/Trainer",  # free
    1,
    "ml.m5.large",
    use_spot_instances=True,
    max_run=3600,
    max_wait=7200,
    sagemaker_session=session,
)
lines.set_hyperparameters(
    predictor_type="binary_classifier",
    mini_batch_size=100,
    epochs=10,
    loss="logistic",
    optimizer="adam",
    learning_rate=0.01,
    normalize_data=True,
)
data = sagemaker.inputs.TrainingInput("s3://data/train", content_type="text/csv")
lines.fit({"train": data})
