import sagewright as sagemaker
from sagewright.estimator import Estimator
from sagewright.inputs import ShuffleConfig, TrainingInput

session = sagemaker.Session()
bucket = session.default_bucket()
rows = session.upload_string_as_file_body("1,2,3", bucket=bucket, key="rows/first.csv")  # free
estimator = Estimator(
    sagemaker.image_uris.retrieve("linear-learner", session.boto_region_name),
    role="arn:aws:iam::123456789012:role/Trainer",  # free
    instance_count=1,
    instance_type="ml.m5.large",
    output_path=f"s3://{bucket}/models",
    sagemaker_session=session,
    enable_network_isolation=True,
    encrypt_inter_container_traffic=True,
)
estimator.set_hyperparameters(predictor_type="regressor", mini_batch_size=1, use_bias=True)
channel = TrainingInput(
    s3_data=rows,
    content_type="text/csv",
    record_wrapping="RecordIO",
    input_mode="Pipe",
    shuffle_config=ShuffleConfig(seed=7),
)
estimator.fit({"train": channel}, wait=False)
