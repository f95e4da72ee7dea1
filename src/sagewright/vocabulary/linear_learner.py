"""What the service knows of the built-in algorithm linear-learner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_QUALITY = r"#quality_metric: host=\S+, "
_PHASES = ("validation", "test")

# Metric name behind the phase -> what is printed, as a regular expression (`contract.md` 7.2.3).
_FINAL = {
    "mse": r"mse <loss>=(\S+)",
    "rmse": r"rmse <loss>=(\S+)",
    "absolute_loss": r"absolute_loss <loss>=(\S+)",
    "binary_classification_accuracy": r"binary_classification_accuracy <score>=(\S+)",
    "binary_f_beta": r"binary_f_\S+ <score>=(\S+)",
    "precision": r"precision <score>=(\S+)",
    "recall": r"recall <score>=(\S+)",
    "roc_auc_score": r"roc_auc_score <score>=(\S+)",
    "dcg": r"dcg <score>=(\S+)",
    "macro_f_beta": r"macro_f_\S+ <score>=(\S+)",
    "macro_precision": r"macro_precision <score>=(\S+)",
    "macro_recall": r"macro_recall <score>=(\S+)",
    "multiclass_accuracy": r"multiclass_accuracy <score>=(\S+)",
    "multiclass_top_k_accuracy": r"multiclass_top_k_accuracy_\S+ <score>=(\S+)",
}


def _definitions() -> list[Mapping[str, str]]:
    found = [
        {"Name": "train:progress", "Regex": r"#progress_metric: host=\S+, completed (\S+) %"},
        {"Name": "train:throughput", "Regex": r"#throughput_metric: host=\S+, train throughput=(\S+) records/second"},
        *(
            {"Name": f"{phase}:objective_loss", "Regex": rf"{_QUALITY}epoch=\S+, {phase} \S+_objective <loss>=(\S+)"}
            for phase in ("train", "validation")
        ),
        *(
            {"Name": f"{phase}:objective_loss:final", "Regex": rf"{_QUALITY}{phase} \S+_objective <loss>=(\S+)"}
            for phase in ("train", "validation")
        ),
        {"Name": "test:objective_loss", "Regex": rf"{_QUALITY}test \S+_objective <loss>=(\S+)"},
    ]
    for phase in _PHASES:
        found += [{"Name": f"{phase}:{name}", "Regex": f"{_QUALITY}{phase} {text}"} for name, text in _FINAL.items()]
    return list(found)


METRIC_DEFINITIONS: Sequence[Mapping[str, str]] = _definitions()
