import sagewright as sagemaker
from sagewright.tensorflow import TensorFlow

session = sagemaker.session.Session()
flow = TensorFlow(
    entry_point="train.py",
    framework_version="2.14.1",
    py_version="py310",
    instance_count=1,
    instance_type="ml.m5.4xlarge",
    role="arn:aws:iam::123456789012:role/Trainer",  # free
    model_dir=False,
    hyperparameters={"epochs": 2, "units": 16, "activation": "relu"},
    sagemaker_session=session,
)
flow.fit("s3://data/train")
