import sagewright as sagemaker
from sagewright.huggingface import HuggingFace

tuned = HuggingFace(
    entry_point="train.py",
    transformers_version="4.28.1",
    pytorch_version="2.0.0",
    py_version="py310",
    instance_type="ml.g5.xlarge",
    instance_count=1,
    role="arn:aws:iam::123456789012:role/Trainer",  # free
    environment={"TOKENIZERS_PARALLELISM": "false"},
    hyperparameters={"model_name": "bert", "epochs": 1, "warmup_steps": 10, "learning_rate": 5e-5},  # free
    sagemaker_session=sagemaker.Session(),
)
tuned.fit({"train": "s3://data/train", "test": "s3://data/test"})
