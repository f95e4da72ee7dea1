import sagewright as sagemaker
from sagewright.sklearn import SKLearn

session = sagemaker.Session()

def forest(depth):
    return SKLearn(
        entry_point="train.py",
        framework_version="1.2-1",
        instance_type="ml.m5.large",
        role="arn:aws:iam::123456789012:role/Trainer",  # free
        sagemaker_session=session,
        keep_alive_period_in_seconds=300,
        hyperparameters={"depth": depth, "leaves": 2 * depth, "kind": "extra"},
    )


for depth in (2, 4):
    estimator = forest(depth)
    estimator.fit({"train": "s3://data/train"}, wait=False)
    print(estimator.latest_training_job.name)
