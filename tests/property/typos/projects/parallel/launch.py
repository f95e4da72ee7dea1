import sagewright as sagemaker
from sagewright.pytorch import PyTorch

session = sagemaker.Session()

estimator = PyTorch(
    "train.py",
    source_dir=".",
    framework_version="2.0.0",
    py_version="py310",
    instance_count=2,
    instance_type="ml.g5.12xlarge",
    role="arn:aws:iam::123456789012:role/Trainer",  # free
    distribution={"torch_distributed": {"enabled": True}},
    hyperparameters={"steps": 100, "sharding": "full"},
    checkpoint_s3_uri="s3://results/checkpoints",  # free
    checkpoint_local_path="/opt/ml/checkpoints",
    sagemaker_session=session,
)
estimator.fit({"train": "s3://data/train", "validation": "s3://data/validation"}, wait=False)
