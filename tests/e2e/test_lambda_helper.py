"""v2's `Lambda` on the engine: a script becomes a function that runs, and changes, and goes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.programs import Programs, programs_in

PROGRAM = """
import json
from pathlib import Path

from sagemaker.lambda_helper import Lambda

def said():
    return json.loads(function.invoke()["Payload"].read())

Path("answer.py").write_text("def handler(event, context): return 41")
role = "arn:aws:iam::123456789012:role/runs-functions"
function = Lambda(function_name="answer", execution_role_arn=role, script="answer.py", handler="answer.handler",
                  runtime="python3.12", timeout=30)
answers = [function.create()["FunctionName"], said()]
Path("answer.py").write_text("def handler(event, context): return 42")
arn = function.upsert()["FunctionArn"]
answers.append(said())
named = Lambda(function_arn=arn, session=function.session)
named.delete()
try:
    named.invoke()
except ValueError as error:
    answers.append(error.args[0]["Code"])
print(json.dumps(answers))
"""


@pytest.fixture
def programs(tmp_path: Path) -> Programs:
    return programs_in(tmp_path)


def test_function_is_made_run_changed_and_deleted(programs: Programs) -> None:
    said = json.loads(programs.says(PROGRAM).splitlines()[-1])
    assert said == ["answer", 41, 42, "ResourceNotFoundException"]
