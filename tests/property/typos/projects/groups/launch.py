import sagewright as sagemaker
from sagewright.inputs import TrainingInput
from sagewright.instance_group import InstanceGroup
from sagewright.pytorch import PyTorch

workers = InstanceGroup("workers", "ml.c5.2xlarge", 2)
leader = InstanceGroup("leader", "ml.m5.large", 1)  # free
estimator = PyTorch(
    entry_point="train.py",
    framework_version="2.1.0",
    py_version="py310",
    instance_groups=[workers, leader],
    role="arn:aws:iam::123456789012:role/Trainer",  # free
    hyperparameters={"rounds": 10},
    sagemaker_session=sagemaker.Session(),
)
table = TrainingInput("s3://data/train", distribution="ShardedByS3Key", input_mode="FastFile")
estimator.fit({"train": table})
