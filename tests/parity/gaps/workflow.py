"""Pipelines."""

from __future__ import annotations

from tests.parity.gaps import Differs, Gap, Refused

_FACTORIES = "the default is written out, where v2 has a factory for it"
_LOCAL = "the engine does not run pipelines yet; `PipelineSession` builds the same ones"
_AIRFLOW = "Airflow's own SageMaker operators take the requests themselves"

GAPS: dict[str, Gap] = {
    "workflow.airflow.*": Refused(_AIRFLOW),
    "workflow.conditions.Condition.__init__": Differs(_FACTORIES),
    "workflow.conditions.ConditionComparison.__init__": Differs(_FACTORIES),
    "workflow.condition_step.JsonGet.__init__": Differs("it names its arguments, which v2 takes in any form"),
    "workflow.functions.Join.__init__": Differs(_FACTORIES),
    "workflow.parameters.Parameter.__init__": Differs(_FACTORIES),
    "workflow.pipeline_context.LocalPipelineSession.*": Refused(_LOCAL),
    "workflow.pipeline_context.PipelineSession.__init__": Differs(
        "the default settings are None, so that sessions don't share them"
    ),
    "workflow.step_collections.StepCollection.__init__": Differs(_FACTORIES),
}
