import sagewright as sagemaker
from sagewright.pytorch import PyTorch

session = sagemaker.Session()

network = PyTorch(
    entry_point="train.py",
    framework_version="2.1.0",
    py_version="py310",
    instance_count=1,
    instance_type="ml.g4dn.xlarge",
    role="arn:aws:iam::123456789012:role/Trainer",  # free
    sagemaker_session=session,
    hyperparameters={"epochs": 4, "batch-size": 64, "lr": 0.01, "backend": "gloo"},
    metric_definitions=[{"Name": "loss", "Regex": "loss=([0-9.]+)"}],  # free
)
network.fit({"training": "s3://data/train"})
