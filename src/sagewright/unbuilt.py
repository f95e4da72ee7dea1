"""v2's modules that are not built, with the reason and what to use: the one table of imports, attributes and docs.

A module below one that stands here is not there either. Once a module is built, its line goes.
"""

from __future__ import annotations

from collections.abc import Mapping

# Module below the package -> why it is not there, and what to use in its place.
UNBUILT: Mapping[str, str] = {
    "amtviz": "it draws charts of tuning jobs with Altair; `HyperparameterTuningJobAnalytics(...).dataframe()` has the "
    "numbers that it draws",
    "apiutils": "it is the inside of v2's own classes; call the API with boto3",
    "aws_batch": "it queues jobs with AWS Batch; `fit(wait=False)` starts as many jobs as there is room for, and the "
    "target `local` queues the rest",
    "experiments.trial": "it is the inside of `Run`; use `Run`, `list_runs` and `Experiment`",
    "experiments.trial_component": "it is the inside of `Run`; use `Run`, `list_runs` and `Experiment`",
    "interactive_apps": "it opens TensorBoard and the profiler in SageMaker Studio; run `tensorboard --logdir` on the "
    "downloaded output",
    "jumpstart": "the insides of JumpStart are its catalogue, which lies in Amazon's buckets; give the model's data "
    "and image to `Model`",
    "local.pipeline": "the engine does not run pipelines; `PipelineSession` builds them, for SageMaker to run",
    "mlflow": "Amazon's MLflow servers are not built; start `mlflow server`, and name it in the script's environment",
    "model_card.helpers": "it is the inside of v2's model cards; `ModelCard` is what it serves",
    "modules": "it is the beginning of the SDK's third version; use `Estimator`, or a framework's estimator",
    "partner_app": "it signs in to applications that Amazon hosts for partners; use the application's own client",
    **dict.fromkeys(
        [f"serve.builder.{part}_builder" for part in ("djl", "jumpstart", "tei", "tf_serving", "tgi", "transformers")],
        "it is the inside of v2's `ModelBuilder`; use that",
    ),
    "serve.builder.requirements_manager": "it installs packages into the program's own Python; do so with pip",
    "serve.save_retrive": "it is v2's experiment of another form of packed models; use `ModelBuilder.build`",
    "workflow.airflow": "Airflow's own operators make these requests; use `apache-airflow-providers-amazon`",
}

# v2's names at the top that come from these.
UNBUILT_NAMES: Mapping[str, str] = {"PartnerAppAuthProvider": "partner_app"}


def why_unbuilt(path: str) -> str | None:
    """Return why a module is not there, as the table says of it or of what it lies below; None: it says nothing.

    Example:
        >>> from sagewright.unbuilt import why_unbuilt
        >>> print(why_unbuilt("workflow.airflow"))
        Airflow's own operators make these requests; use `apache-airflow-providers-amazon`
    """
    while path and path not in UNBUILT:
        path = path.rpartition(".")[0]
    return UNBUILT.get(path)
