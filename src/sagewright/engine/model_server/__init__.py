"""The model server of the framework images: a user's functions behind SageMaker's container contract.

It runs from `/opt/ml` alone and is started by module name: `python -m sagewright.engine.model_server serve`. The
process that speaks HTTP (`front`) imports no library of models; processes beside it hold the model (`worker`), one
request at a time each. What hangs or dies is one of those, and is replaced. Facts: `contract.md` 2.1, 2.2 and 2.7.
"""
