"""Where we differ from genuine v2: on purpose, and not yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sagewright.spark.configuration import CLASSIFICATIONS
from tests.parity.own_calls import ENDPOINT_WITH_ITS_OWN_TAGS, TRAINING_WITHOUT_ENCRYPTION


@dataclass(frozen=True)
class Difference:
    """A scenario in which ours does something else.

    Attributes:
        why: The reason.
        ours: What ours shows instead of what was recorded: `calls`, `outcome`, `raises`, `message`, `printed`.
    """

    why: str
    ours: dict[str, Any]


_DIGEST = "v2 keeps `@sha256` of an image's digest, which no job's name may have"
_ONE_OF_TWO = (
    "`ModelConfig` takes a `model_name` with `instance_count` and `instance_type`, or an `endpoint_name` that there is"
    ": one of the two."
)
_KEPT_LIST = "v2 appends the configuration's tags to the list that it was given, so that they go on to other resources"
_ALLOW_PICKLE = "Please set the param allow_pickle=True to deserialize pickle objects in NumpyDeserializer"

DIFFERENCES: dict[str, Difference] = {
    "serve.refuses_without_a_schema": Difference(
        "it is an error of an argument, and not any", {"raises": "ValueError"}
    ),
    "sessions.a_job_that_has_ended_is_stopped": Difference(
        "a job that has ended is none the worse for it, as in v2's `stop_transform_job` and `stop_processing_job`",
        {"raises": None, "message": None, "outcome": None},
    ),
    "recommending.with_an_unknown_level": Difference("v2 finds it when the job runs", {"calls": []}),
    "session_calls.recommendations_waited_for": Difference("v2 marks the last look twice", {"printed": "..!"}),
    "session_calls.recommendations_that_fail": Difference(
        "v2 marks the last look twice, and has no name for the job's kind",
        {
            "printed": "*",
            "message": "Error for Inference recommendations job job: Failed. Reason: no payload. Check troubleshooting "
            "guide for common errors: https://docs.aws.amazon.com/sagemaker/latest/dg/"
            "sagemaker-python-sdk-troubleshooting.html",
        },
    ),
    "config_defaults.no_tag_is_doubled_by_a_second_job": Difference(
        _KEPT_LIST, {"outcome": [{"Key": "team", "Value": "mine"}, {"Key": "kind", "Value": "own"}]}
    ),
    "config_defaults.tags_of_one_kind_stay_with_it": Difference(_KEPT_LIST, {"calls": ENDPOINT_WITH_ITS_OWN_TAGS}),
    "config_defaults.train_without_encryption": Difference(
        "what an argument says prevails, as v2's documentation has it; v2 asks the configuration again for False",
        {"calls": TRAINING_WITHOUT_ENCRYPTION},
    ),
    "amazon.attached_to_lists_and_truths": Difference(
        "v2 takes a list of text apart by its letters, and `False` for true",
        {"outcome": {"num_topics": "7", "encoder_layers": "[100, 50]", "batch_norm": "False"}},
    ),
    "amazon.values_of_another_kind": Difference(
        "v2 takes the text `False` for true, and 2.5 for 2",
        {
            "outcome": [
                {"epochs": "7", "num_models": "2", "wd": "0.5", "use_bias": "False"},
                ["ValueError", "Invalid hyperparameter value 2.5 for epochs. Expecting: An integer greater-than 0"],
            ]
        },
    ),
    "amazon.where_records_go_without_a_slash": Difference(
        "`data_location` is a folder, however it is given; v2 adds the slash only when it is set later",
        {
            "calls": [
                {"operation": "PutObject", "params": {"Bucket": "bucket", "Key": f"mine/KMeans-<timestamp>/{name}"}}
                for name in ("matrix_0.pbr", "matrix_1.pbr", ".amazon.manifest")
            ],
            "outcome": [
                f"mine/KMeans-<timestamp>/{name}" for name in ("matrix_0.pbr", "matrix_1.pbr", ".amazon.manifest")
            ],
        },
    ),
    "formats.csv_of_a_number": Difference(
        "the message names the matter",
        {"raises": "ValueError", "message": "Unable to handle input format: <class 'int'>"},
    ),
    "formats.libsvm": Difference(
        "lists of lines are taken as well, as v2's documentation says",
        {"outcome": ["1 1:2", "1 1:2\n0 2:3", "0 1:1"], "raises": None, "message": None},
    ),
    "formats.read_numpy_that_is_pickled": Difference("the message is one line", {"message": _ALLOW_PICKLE}),
    "naming.base_of_an_image": Difference(_DIGEST, {"outcome": ["linear-learner", "c", "name", "name", "name"]}),
    "frameworks.tensorflow_by_mirrored_workers_of_an_old_version": Difference(
        "nothing is uploaded for a job that is refused", {"calls": []}
    ),
    **{
        f"collections.{name}": Difference("v2 raises a bare Exception", {"raises": kind})
        for name, kind in (("too_many_groups", "ValueError"), ("without_permission", "PermissionError"))
    },
    "rules.where_there_is_no_debugger": Difference(
        "v2 looks for the evaluator's image first, and tells that a newer SDK may know the region",
        {"message": "Current region does not support debugger but debugger hook config is set!"},
    ),
    **{
        f"clarify.{name}": Difference("v2 asserts and says nothing", {"raises": "WrongArgumentsError", "message": said})
        for name, said in (
            ("no_facet", "Please provide at least one facet"),
            ("a_model_and_an_endpoint", _ONE_OF_TWO),
            ("neither_model_nor_endpoint", _ONE_OF_TWO),
            ("an_endpoint_with_a_prefix", _ONE_OF_TWO),
        )
    },
    **{
        f"monitoring.results_of_a_run_{name}": Difference("a message that v2 prints is logged", {"printed": ""})
        for name in ("that_goes_on", "of_predictions_that_goes_on")
    },
    "spark.settings_of_an_unknown_kind": Difference(
        "v2 names the key instead of its value",
        {"message": f"Invalid classification: spark-default. Must be one of {list(CLASSIFICATIONS)}"},
    ),
    "refusals.fit_on_a_number_in_a_channel": Difference(
        "v2 names a type, `file_input`, that there is not",
        {"message": "Cannot format input 7. Expecting one of str, TrainingInput or FileSystemInput"},
    ),
    "refusals.fit_with_unknown_logs": Difference(
        "v2 starts the job, and shows what it would show without the word",
        {
            "calls": [],
            "outcome": None,
            "raises": "ValueError",
            "message": "`logs` takes All, None, Training, Rules, True or False, not `Everything`",
            "printed": "",
        },
    ),
    **{
        f"automl.second_{name}": Difference("v2 prints the request", {"printed": printed})
        for name, printed in (("of_a_table", ""), ("followed", "."), ("followed_to_a_failure", "."))
    },
    "tuning.grid_without_a_number_of_jobs": Difference(
        "v2 sends a null, which botocore refuses",
        {
            "calls": [],
            "outcome": [None, {"MaxParallelTrainingJobs": 1}],
            "raises": None,
            "message": None,
        },
    ),
    "tuning.several_estimators_with_class_metadata_of_none": Difference(
        "v2 refuses its own default where there are several estimators",
        {"outcome": [False, True], "raises": None, "message": None},
    ),
    "v1_names.pytorch_distributions": Difference(
        "v2 takes it, as it takes any argument, and trains on one host's terms",
        {"raises": "TypeError", "message": "PyTorch got an unexpected keyword argument `distributions`"},
    ),
    "v1_names.deploying_to_an_endpoint_that_is_there": Difference(
        "v2 calls it a no-op first, and then fails on it",
        {"message": "Model.__init__ got an unexpected keyword argument `update_endpoint`", "warned": []},
    ),
    "v1_names.model_of_an_image": Difference(
        "the message is as those of other slips",
        {"message": "Model.__init__ got an unexpected keyword argument `image`"},
    ),
    "v1_names.s3_input_at_the_top": Difference(
        "the message says what it is called now",
        {"message": "module `sagewright` has no attribute `s3_input`: v2 has `sagemaker.inputs.TrainingInput` for it"},
    ),
    "v1_names.real_time_predictor_at_the_top": Difference(
        "the message says what it is called now",
        {
            "message": "module `sagewright` has no attribute `RealTimePredictor`: "
            "v2 has `sagemaker.predictor.Predictor` for it"
        },
    ),
}

# Scenarios whose subject is not built yet. The mark is strict: once it is built, it has to go.
NOT_BUILT: dict[str, str] = {}

# Scenarios that a library plays a part in which the tests do not install.
NEEDS: dict[str, str] = {
    "serve.triton_of_its_own_image": "torch",
    "serve.triton_serves_a_module_of_pytorch": "torch",
}
