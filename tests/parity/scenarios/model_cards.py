"""Model cards: their parts, and what the service is asked about them."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.parity.recording import THE_TIME, Refusal, body, training_description
from tests.parity.world import IMAGE, World

CARD = "arn:aws:sagemaker:us-east-1:123456789012:model-card/prices"
PACKAGE = "arn:aws:sagemaker:us-east-1:123456789012:model-package/prices/1"
EXPORT = f"{CARD}/export-job/export"
_CLASS = re.compile(r"(sagemaker|sagewright)\.model_card\.(\w+\.)?")
TYPES = (["text/csv"], ["text/csv"], ["ml.m5.large"], ["ml.m5.large"])
BIAS = {
    "version": "1.0",
    "pre_training_bias_metrics": {
        "label": "sold",
        "label_value_or_threshold": "1",
        "facets": {
            "age": [
                {
                    "value_or_threshold": "(40, 60]",
                    "metrics": [{"name": "CI", "value": 0.4}, {"name": "KL", "value": None}],
                }
            ]
        },
    },
}
EXPLANATIONS = {
    "explanations": {
        "kernel_shap": {
            "label0": {
                "global_shap_values": {"age": 0.5, "name": "x"},
                "global_top_shap_text": {"text": {"good": 0.7}},
                "expected_value": 3,
            }
        },
        "pdp": [
            {
                "feature_name": "age",
                "data_type": "numerical",
                "feature_values": [1.0, 2.0],
                "data_distribution": [0.25, 0.75],
                "label_headers": ["sold"],
                "model_predictions": [[0.5, 0.25]],
            },
            {
                "feature_name": "kind",
                "data_type": "categorical",
                "feature_values": ["a", "b"],
                "data_distribution": [0.25, 0.75],
                "label_headers": ["sold"],
                "model_predictions": [[0.5, 0.25]],
            },
        ],
    }
}
REGRESSION = {"regression_metrics": {"mae": {"value": 0.5, "standard_deviation": 0.1}}, "version": 0}
CLASSIFICATION = {
    "binary_classification_metrics": {
        "confusion_matrix": {"0": {"0": 3, "1": 1}, "1": {"0": 2, "1": 5}},
        "receiver_operating_characteristic_curve": {"false_positive_rates": [0, 1], "true_positive_rates": [0.5, 1]},
        "precision_recall_curve": {"recalls": [0, 1], "precisions": [0.5, 1]},
        "recall": {"value": 0.5, "standard_deviation": "NaN"},
    }
}


def created(world: World) -> Any:
    card = _card(world)
    arn = card.create()
    return [arn, card.version, card.created_time, card.status]


def created_with_nothing(world: World) -> Any:
    _answering(world)
    return world["model_card.ModelCard"]("prices", sagemaker_session=world.session()).create()


def created_twice(world: World) -> None:
    card = _card(world)
    card.create()
    card.create()


def of_documents(world: World) -> None:
    _answering(world)
    world["model_card.ModelCard"](
        "prices",
        status="PendingReview",
        model_overview={"model_name": "prices", "inference_environment": {"container_image": [IMAGE]}},
        training_details={"training_job_details": {"training_metrics": [{"name": "mse", "value": 0.5}]}},
        evaluation_details=[{"name": "job", "metric_groups": [{"name": "g", "metric_data": [_METRIC]}]}],
        sagemaker_session=world.session(),
    ).create()


def loaded(world: World) -> Any:
    _answering(world, DescribeModelCard=_described(_CONTENT))
    card = world["model_card.ModelCard"].load("prices", 2, sagemaker_session=world.session())
    metric = card.evaluation_details[0].get_metric_group("g").metric_data[0]
    return [card.name, card.version, card.status, card.intended_uses.purpose_of_model, metric.value, metric.type]


def updated(world: World) -> Any:
    _answering(world, DescribeModelCard=_described(_CONTENT))
    card = world["model_card.ModelCard"].load("prices", sagemaker_session=world.session())
    nothing = card.update()
    card.update(status="Approved")
    card.update(business_details=world["model_card.BusinessDetails"]("problem", "people", "line"), wrong=1)
    return nothing


def updated_too_early(world: World) -> None:
    world["model_card.ModelCard"]("prices", sagemaker_session=world.session()).update()


def deleted(world: World) -> Any:
    card = _card(world)
    return [card.delete(), card.status]


def exported(world: World) -> Any:
    answer = _exporting("Completed", ExportArtifacts={"S3ExportArtifacts": "s3://bucket/card.pdf"})
    _answering(world, DescribeModelCardExportJob=answer)
    card = world["model_card.ModelCard"]("prices", version=3, sagemaker_session=world.session())
    return [card.export_pdf("s3://bucket/cards", "export"), card.export_pdf("s3://bucket/cards", "export", 2)]


def exported_under_a_name_of_its_own(world: World) -> Any:
    _answering(world, DescribeModelCardExportJob=_exporting("Failed", FailureReason="why"))
    card = world["model_card.ModelCard"]("prices", version=3, sagemaker_session=world.session())
    return card.export_pdf("s3://bucket/cards")


def listed(world: World) -> Any:
    _answering(world)
    card = world["model_card.ModelCard"]("prices", sagemaker_session=world.session())
    jobs = card.list_export_jobs(MaxResults=3)
    return [jobs["ModelCardExportJobSummaryList"], card.get_version_history(MaxResults=3)]


def overview_of_a_model(world: World) -> Any:
    _answering(world)
    overview = world["model_card.ModelOverview"].from_model_name("model", world.session(), model_owner="me")
    return _told(world, model_overview=overview)


def overview_of_a_model_that_is_told_of(world: World) -> None:
    _answering(world, Search={"Results": [{"ModelCard": {"ModelCardName": "old"}}]})
    world["model_card.ModelOverview"].from_model_name("model", world.session())


def overview_of_a_model_that_is_not(world: World) -> None:
    _answering(world, DescribeModel=Refusal("ValidationException", 'Could not find model "arn".'))
    world["model_card.ModelOverview"].from_model_name("model", world.session())


def training_of_a_job(world: World) -> Any:
    metrics = [{"MetricName": "mse", "Value": 0.5, "Timestamp": THE_TIME}]
    _answering(world, DescribeTrainingJob=training_description(FinalMetricDataList=metrics))
    details = world["model_card.TrainingDetails"].from_training_job_name(
        "job", world.session(), training_observations="fine"
    )
    details.add_metric(world["model_card.TrainingMetric"]("mae", 0.25, "mine"))
    details.add_parameter(world["model_card.HyperParameter"]("depth", "3"))
    return _told(world, training_details=details)


def training_of_a_job_that_is_not(world: World) -> None:
    _answering(world, DescribeTrainingJob=Refusal("ValidationException", "Requested resource not found."))
    world["model_card.TrainingDetails"].from_training_job_name("job", world.session())


def training_of_an_archive(world: World) -> Any:
    _answering(world, Search={"Results": [{"TrainingJob": training_description()}]})
    details = world["model_card.TrainingDetails"].from_model_s3_artifacts(["s3://bucket/m.tar.gz"], world.session())
    return _told(world, training_details=details)


def training_of_archives_that_say_nothing(world: World) -> Any:
    _answering(world)
    found = world["model_card.TrainingDetails"].from_model_s3_artifacts
    overview = world["model_card.ModelOverview"](model_artifact=[])
    return [
        found(["s3://bucket/m.tar.gz"], world.session()),
        found(["s3://bucket/a", "s3://bucket/b"], world.session()),
        world["model_card.TrainingDetails"].from_model_overview(overview, world.session()),
    ]


def training_that_must_not_be_searched(world: World) -> None:
    _answering(world, Search=Refusal("AccessDeniedException", "no"))
    world["model_card.TrainingDetails"].from_model_s3_artifacts(["s3://bucket/m.tar.gz"], world.session())


def of_a_package(world: World) -> Any:
    _answering(world, DescribeModelPackage=_package(), GetObject=_object(REGRESSION))
    package = world["model_card.ModelPackage"].from_model_package_arn(PACKAGE, world.session())
    card = world["model_card.ModelCard"]("prices", model_package_details=package, sagemaker_session=world.session())
    return json.loads(card._create_request_args()["Content"])


def of_a_package_whose_group_has_a_card(world: World) -> Any:
    found = {"Results": [{"ModelCard": {"ModelCardName": "old"}}]}
    _answering(
        world,
        DescribeModelPackage=_package(),
        GetObject=_object(REGRESSION),
        Search=[{"Results": []}, {"Results": []}, found],
        DescribeModelCard=_described(_CONTENT),
    )
    package = world["model_card.ModelPackage"].from_model_package_arn(PACKAGE, world.session())
    card = world["model_card.ModelCard"]("prices", model_package_details=package, sagemaker_session=world.session())
    return [card.intended_uses.purpose_of_model, card.business_details]


def of_a_package_that_is_told_of(world: World) -> None:
    _answering(world, DescribeModelPackage=_package(), Search={"Results": [{"ModelCard": {"ModelCardName": "old"}}]})
    world["model_card.ModelPackage"].from_model_package_arn(PACKAGE, world.session())


def of_a_package_and_a_model(world: World) -> None:
    _answering(world)
    world["model_card.ModelCard"](
        "prices",
        model_overview=world["model_card.ModelOverview"](model_id="arn"),
        model_package_details=world["model_card.ModelPackage"](PACKAGE),
        sagemaker_session=world.session(),
    )


def reports(world: World) -> Any:
    kinds = world["model_card.EvaluationMetricTypeEnum"]
    job = world["model_card.EvaluationJob"]("job", datasets=["s3://bucket/rows"], metadata={"k": "v"})
    for name, report, kind in (
        ("bias.json", BIAS, kinds.CLARIFY_BIAS),
        ("explanations.json", EXPLANATIONS, kinds.CLARIFY_EXPLAINABILITY),
        ("regression.json", REGRESSION, kinds.REGRESSION),
        ("classification.json", CLASSIFICATION, kinds.BINARY_CLASSIFICATION),
        ("quality.json", CLASSIFICATION, kinds.MODEL_MONITOR_MODEL_QUALITY),
        ("own.json", {"metric_groups": [{"name": "own", "metric_data": [_METRIC]}]}, kinds.MODEL_CARD_METRIC_SCHEMA),
    ):
        with open(name, "w") as file:
            json.dump(report, file)
        job.add_metric_group_from_json(name, kind)
    return _told(world, evaluation_details=[job])


def report_in_s3(world: World) -> Any:
    _answering(world, GetObject=_object(REGRESSION))
    job = world["model_card.EvaluationJob"]("job")
    kinds = world["model_card.EvaluationMetricTypeEnum"]
    job.add_metric_group_from_s3(world.session().boto_session, "s3://bucket/report.json", kinds.REGRESSION)
    return _told(world, evaluation_details=[job])


def reports_that_are_none(world: World) -> Any:
    kinds = world["model_card.EvaluationMetricTypeEnum"]
    told = []
    for report, kind in (
        ({}, kinds.MODEL_CARD_METRIC_SCHEMA),
        ({"metric_groups": {}}, kinds.MODEL_CARD_METRIC_SCHEMA),
        ({"pre": {}}, kinds.CLARIFY_BIAS),
        ({}, kinds.CLARIFY_EXPLAINABILITY),
        ({}, kinds.REGRESSION),
        ({}, kinds.MULTICLASS_CLASSIFICATION),
        ({}, kinds.MODEL_MONITOR_MODEL_QUALITY),
        ({}, "Clarify Bias"),
    ):
        with open("report.json", "w") as file:
            json.dump(report, file)
        told.append(_refusal(world["model_card.EvaluationJob"]("job").add_metric_group_from_json, "report.json", kind))
    return told


def parts_that_are_none(world: World) -> Any:
    parts = {name: world[f"model_card.{name}"] for name in ("Metric", "Environment", "IntendedUses", "Function")}
    job = world["model_card.TrainingJobDetails"](user_provided_training_metrics=[])
    return [
        _refusal(parts["Metric"], "m", "number", "text"),
        _refusal(parts["Metric"], "m", "wrong", 1),
        _refusal(parts["Environment"], "image"),
        _refusal(parts["Environment"], ["image"] * 16),
        _refusal(parts["Environment"]([]).container_image.append, 7),
        _refusal(parts["IntendedUses"], risk_rating="Great"),
        _refusal(parts["Function"], facet="Great"),
        _refusal(world["model_card.ModelCard"], "n", status="Great", sagemaker_session=world.session()),
        _refusal(world["model_card.ModelCard"], "n", model_overview=7, sagemaker_session=world.session()),
        _refusal(job.user_provided_training_metrics.append, "mse"),
        _refusal(world["model_card.ModelPackage"], model_metrics=7),
    ]


def registered_with_a_card(world: World) -> None:
    _registering(world)
    world.model().register(*TYPES, model_package_group_name="prices", model_card=_card(world))


def registered_with_the_card_of_a_package(world: World) -> None:
    _registering(world)
    card = world["model_card.ModelPackageModelCard"]({"intended_uses": {"purpose_of_model": "prices"}}, "Draft")
    world.model().register(*TYPES, model_package_group_name="prices", model_card=card)


def registered_by_an_estimator(world: World) -> Any:
    _registering(world, Search=[{"Results": [{"TrainingJob": training_description()}]}, {"Results": []}])
    package = world.train(base_job_name="job").register(
        *TYPES, model_package_group_name="prices", approval_status="Approved"
    )
    return [package.model_package_arn, package.model_data]


def registered_by_an_estimator_whose_job_is_not_found(world: World) -> None:
    _registering(world)
    world.train(base_job_name="job").register(*TYPES, image_uri=IMAGE, model_package_name="prices", model_name="name")


def registered_by_an_estimator_with_a_card(world: World) -> None:
    _registering(world)
    card = world["model_card.ModelPackageModelCard"]({"intended_uses": {}}, "Draft")
    estimator = world.framework("sklearn.SKLearn", base_job_name="job")
    estimator.fit("s3://bucket/train", wait=False, job_name="job")
    estimator.register(*TYPES, image_uri=IMAGE, model_package_group_name="prices", model_card=card)


def card_of_a_package_updated(world: World) -> None:
    held = {"ModelCardStatus": "Draft", "ModelCardContent": json.dumps({"intended_uses": {}})}
    _answering(world, DescribeModelPackage={"ModelPackageArn": PACKAGE, "ModelCard": held})
    package = world["model.ModelPackage"]("role", model_package_arn=PACKAGE, sagemaker_session=world.session())
    kind = world["model_card.ModelPackageModelCard"]
    package.update_model_card(kind({"intended_uses": {}}, "Draft"))
    package.update_model_card(kind({"intended_uses": {"purpose_of_model": "prices"}}, "Draft"))


def card_of_a_package_that_had_none(world: World) -> None:
    _answering(world, DescribeModelPackage={"ModelPackageArn": PACKAGE})
    package = world["model.ModelPackage"]("role", model_package_arn=PACKAGE, sagemaker_session=world.session())
    package.update_model_card(_card(world))


_METRIC = {"name": "mse", "type": "number", "value": 0.5, "notes": "in words"}
_CONTENT = {
    "intended_uses": {"purpose_of_model": "prices", "risk_rating": "Low"},
    "evaluation_details": [{"name": "job", "metric_groups": [{"name": "g", "metric_data": [_METRIC]}]}],
}


def _card(world: World) -> Any:
    _answering(world)
    part = {
        name: world[f"model_card.{name}"]
        for name in (
            "AdditionalInformation",
            "BusinessDetails",
            "Environment",
            "EvaluationJob",
            "Function",
            "HyperParameter",
            "IntendedUses",
            "Metric",
            "MetricGroup",
            "ModelOverview",
            "ObjectiveFunction",
            "TrainingDetails",
            "TrainingJobDetails",
            "TrainingMetric",
        )
    }
    metrics = [
        part["Metric"]("mse", "number", 0.5, "in words"),
        part["Metric"]("curve", "linear_graph", [[0, 1], [1, 2]], x_axis_name="x", y_axis_name="y"),
        part["Metric"]("word", "string", "good"),
        part["Metric"]("is_good", "boolean", True),
    ]
    group = part["MetricGroup"]("g", metrics[:1])
    for metric in metrics[1:]:
        group.add_metric(metric)
    evaluation = part["EvaluationJob"]("job", "fine", "arn", ["s3://bucket/rows"], {"k": "v"}, [group])
    training = part["TrainingDetails"](
        part["ObjectiveFunction"](part["Function"]("Minimize", "Loss", "always"), "notes"),
        "fine",
        part["TrainingJobDetails"](
            "arn",
            ["s3://bucket/train"],
            part["Environment"]([IMAGE]),
            [part["TrainingMetric"]("mse", 0.5)],
            hyper_parameters=[part["HyperParameter"]("depth", "3")],
        ),
    )
    return world["model_card.ModelCard"](
        "prices",
        model_overview=part["ModelOverview"](
            "arn",
            "prices",
            "what",
            1,
            "regression",
            "trees",
            "me",
            "us",
            ["s3://bucket/m"],
            part["Environment"]([IMAGE]),
        ),
        intended_uses=part["IntendedUses"]("prices", "houses", "age", "Low", "no harm"),
        business_details=part["BusinessDetails"]("problem", "people", "line"),
        training_details=training,
        evaluation_details=[evaluation],
        additional_information=part["AdditionalInformation"]("none", "care", {"k": "v"}),
        sagemaker_session=world.session(),
    )


def _told(world: World, **parts: Any) -> Any:
    card = world["model_card.ModelCard"]("prices", sagemaker_session=world.session(), **parts)
    return json.loads(card._create_request_args()["Content"])


def _answering(world: World, **changes: Any) -> None:
    summary = {"ModelCardExportJobSummaryList": [{"ModelCardExportJobName": "export"}]}
    world.aws.answers.update(
        {
            "Search": {"Results": []},
            "CreateModelCard": {"ModelCardArn": CARD},
            "DescribeModelCard": _described({}),
            "UpdateModelCard": {"ModelCardArn": CARD},
            "CreateModelCardExportJob": {"ModelCardExportJobArn": EXPORT},
            "ListModelCardExportJobs": summary,
            "ListModelCardVersions": {"ModelCardVersionSummaryList": [{"ModelCardVersion": 1}]},
            **changes,
        }
    )


def _registering(world: World, **changes: Any) -> None:
    _answering(world, CreateModelPackage={"ModelPackageArn": PACKAGE}, **changes)


def _described(content: dict[str, Any]) -> dict[str, Any]:
    return {
        "ModelCardArn": CARD,
        "ModelCardName": "prices",
        "ModelCardVersion": 1,
        "ModelCardStatus": "Draft",
        "Content": json.dumps(content),
        "CreationTime": THE_TIME,
        "LastModifiedTime": THE_TIME,
        "CreatedBy": {},
        "LastModifiedBy": {},
    }


def _exporting(status: str, **changes: Any) -> dict[str, Any]:
    return {
        "ModelCardExportJobName": "export",
        "ModelCardExportJobArn": EXPORT,
        "ModelCardName": "prices",
        "ModelCardVersion": 3,
        "Status": status,
        "OutputConfig": {"S3OutputPath": "s3://bucket/cards"},
        **changes,
    }


def _package() -> dict[str, Any]:
    return {
        "ModelPackageArn": PACKAGE,
        "ModelPackageGroupName": "prices",
        "ModelPackageVersion": 1,
        "ModelPackageStatus": "Completed",
        "ModelApprovalStatus": "Approved",
        "ModelPackageDescription": "what",
        "Domain": "MACHINE_LEARNING",
        "CreatedBy": {"UserProfileName": "me"},
        "InferenceSpecification": {"Containers": [{"Image": IMAGE, "ModelDataUrl": "s3://bucket/m.tar.gz"}]},
        "SourceAlgorithmSpecification": {"SourceAlgorithms": [{"AlgorithmName": "algorithm"}]},
        "ModelMetrics": {
            "ModelQuality": {"Statistics": {"S3Uri": "s3://bucket/statistics.json", "ContentType": "application/json"}}
        },
    }


def _object(report: dict[str, Any]) -> dict[str, Any]:
    return {"ContentType": "application/json", "Body": body(json.dumps(report).encode())}


def _refusal(made: Any, *arguments: Any, **named: Any) -> str:
    try:
        return f"no refusal: {made(*arguments, **named)}"
    except (TypeError, ValueError) as error:
        return f"{type(error).__name__}: {_CLASS.sub('', str(error))}"
