"""A job whose script imports libraries, in a warm pool over without one."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

from benchmarks.jobs import no_op_request, wait_for
from benchmarks.timing import in_turns, report, seconds
from sagewright import targets

SCRIPTS = {
    "scikit-learn": "import sklearn.linear_model",
    "pandas and XGBoost": "import pandas, xgboost",
    "scikit-learn and fits 2,000 rows": (
        "import numpy as np; from sklearn.linear_model import LogisticRegression; x = np.random.rand(2000, 10); "
        "LogisticRegression().fit(x, x[:, 0] > 0.5)"
    ),
}
KEEP_ALIVE_S = 600
RUNS = 5


def main() -> None:
    session = targets.boto_session()
    session.client("s3").create_bucket(Bucket="bench")
    sagemaker: Any = session.client("sagemaker")

    def job(script: str, keep_alive_s: int) -> None:
        request = no_op_request(script)
        # The sizes differ, so that the cold job does not get the warm one's pool.
        request["ResourceConfig"].update(VolumeSizeInGB=1 + bool(keep_alive_s), KeepAlivePeriodInSeconds=keep_alive_s)
        sagemaker.create_training_job(**request)
        wait_for(sagemaker, request["TrainingJobName"])

    for name, script in SCRIPTS.items():
        job(script, KEEP_ALIVE_S)
        job(script, KEEP_ALIVE_S)  # which waits until the interpreter has imported everything
        warm, cold = in_turns(lambda s=script: job(s, KEEP_ALIVE_S), lambda s=script: job(s, 0), RUNS)  # type: ignore[misc]
        bare = seconds(lambda s=script: subprocess.run([sys.executable, "-c", s], check=True))  # type: ignore[misc]
        report(
            f"A job that imports {name} (`python script.py` takes {bare:.2f} s), warm",
            warm,
            cold,
            "cold",
            "what the imports take, less",
        )
