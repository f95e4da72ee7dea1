"""From the container's hyperparameters to what the installed library takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sagewright.vocabulary.xgboost import DEFAULT_OBJECTIVE

OWN_METRICS = (
    "accuracy",
    "balanced_accuracy",
    "f1",
    "f1_binary",
    "f1_macro",
    "mse",
    "precision",
    "precision_macro",
    "precision_micro",
    "r2",
    "recall",
    "recall_macro",
    "recall_micro",
)
DEFAULT_MAX_BIN = 256

_OURS = (
    "num_round",
    "csv_weights",
    "early_stopping_rounds",
    "save_model_on_termination",
    "eval_metric",
    "_kfold",
    "_num_cv_round",
    "_tuning_objective_metric",
    "use_dask_gpu_training",
)
# Options of older libraries that the present one no longer has.
_GONE = ("predictor", "sketch_eps", "dsplit", "deterministic_histogram", "prob_buffer_row")
_GONE_UPDATERS = ("distcol", "grow_skmaker")


@dataclass(frozen=True)
class Options:
    """One training.

    Attributes:
        library: What `xgboost.train` gets as `params`.
        own_metrics: Metrics that the container adds to the library's.
        stopping_metric: What early stopping looks at; None: nothing was named.
        notices: What was translated or dropped, one line each.
    """

    num_round: int
    library: Mapping[str, Any]
    own_metrics: Sequence[str] = ()
    stopping_rounds: int | None = None
    stopping_metric: str | None = None
    is_weighted: bool = False
    saves_on_termination: bool = False
    folds: int | None = None
    fold_rounds: int = 1
    notices: Sequence[str] = field(default_factory=list)

    @property
    def objective(self) -> str:
        return str(self.library.get("objective", DEFAULT_OBJECTIVE))

    @property
    def nthread(self) -> int | None:
        return self.library.get("nthread")

    @property
    def can_bin(self) -> bool:
        """Whether only the bins of the values are needed: the histogram method, which is also the default."""
        return (
            self.folds is None
            and self.library.get("booster", "gbtree") != "gblinear"
            and self.library.get("tree_method", "auto") in ("auto", "hist")
            and self.library.get("process_type", "default") == "default"
            and "updater" not in self.library
        )

    @property
    def max_bin(self) -> int:
        return int(self.library.get("max_bin", DEFAULT_MAX_BIN))


def options_of(values: Mapping[str, Any]) -> Options:
    """Return the training that typed hyperparameters ask for."""
    library = {name: value for name, value in values.items() if name not in (*_OURS, *_GONE)}
    notices = [
        f"The hyperparameter {name} is no longer known to XGBoost, and ignored." for name in _GONE if name in values
    ]
    notices += _translate(library)
    if values.get("use_dask_gpu_training") == "true":
        notices.append("use_dask_gpu_training is ignored: training runs on the processors of this machine.")
    tuned = _tuned_metrics(values)
    asked = list(values.get("eval_metric", ()))
    metrics = sorted({*asked, *tuned}) if asked and tuned else asked or tuned
    if named := [_in_full(metric, values) for metric in metrics if metric not in OWN_METRICS]:
        library["eval_metric"] = named
    return Options(
        num_round=values["num_round"],
        library=library,
        own_metrics=[metric for metric in metrics if metric in OWN_METRICS],
        stopping_rounds=values.get("early_stopping_rounds"),
        stopping_metric=_in_full((tuned or asked)[-1], values) if metrics else None,
        is_weighted=values.get("csv_weights") == 1,
        saves_on_termination=values.get("save_model_on_termination") == "true",
        folds=values.get("_kfold"),
        fold_rounds=values.get("_num_cv_round", 1),
        notices=notices,
    )


def _tuned_metrics(values: Mapping[str, Any]) -> list[str]:
    """`validation:auc` -> `auc`."""
    name = values.get("_tuning_objective_metric")
    return name.partition(":")[2].split(",") if name else []


def _in_full(metric: str, values: Mapping[str, Any]) -> str:
    """Return a metric's name as the library takes and logs it: Tweedie's only with the power."""
    return f"{metric}@{values.get('tweedie_variance_power', 1.5):g}" if metric == "tweedie-nloglik" else metric


def _translate(library: dict[str, Any]) -> list[str]:
    """Replace what the present library has under another name; return what was done."""
    notices = []
    if library.get("objective") == "reg:linear":
        library["objective"] = "reg:squarederror"
        notices.append("The objective reg:linear is now called reg:squarederror.")
    if library.get("tree_method") == "gpu_hist":
        library["tree_method"] = "hist"
        notices.append("tree_method gpu_hist is now hist; training runs on the processors of this machine.")
    if "updater" in library:
        kept = [name for name in library["updater"] if name not in _GONE_UPDATERS]
        if len(kept) < len(library["updater"]):
            notices.append(f"Of updater={','.join(library['updater'])} XGBoost now knows {kept or 'none'}.")
        library["updater"] = ",".join(kept)
        if not any(name.startswith(("grow", "shotgun", "coord")) for name in kept) and (
            library.get("process_type") != "update"
        ):
            del library["updater"]  # what remains grows no trees
    return notices
