from __future__ import annotations

from datetime import datetime, timezone

import pytest

from sagewright.engine.abc import Query
from sagewright.engine.hosting.connections import close_all
from sagewright.vocabulary.errors import ApiError
from tests.unit.model_servers import invoke, put_endpoint, response, serving


def container(name):
    """A container that keeps sessions in its memory, as the inference toolkit for them does."""

    def answer(got):
        session = got.headers.get("x-amzn-sagemaker-session-id")
        if session == "NEW_SESSION":
            expires = got.body.decode()
            return response(name, X_Amzn_SageMaker_New_Session_Id=f"s-{name.decode()}; Expires={expires}")
        if got.body == b"close":
            return response(name, X_Amzn_SageMaker_Closed_Session_Id=session)
        return response(name)

    return answer


@pytest.fixture
def served(house):
    with serving(container(b"one")) as one, serving(container(b"two")) as two:
        put_endpoint(house, one.address, two.address)
        yield house
    close_all()


def later(house, seconds):
    moment = datetime.fromtimestamp(house.parts.clock.now() + seconds, tz=timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def begin(house, seconds=3600):
    expires = later(house, seconds)
    answer = invoke(house, expires.encode(), SessionId="NEW_SESSION")
    name, _, told = answer["NewSessionId"].partition("; Expires=")
    assert told == expires
    assert name == f"s-{answer['Body'].decode()}"
    return name, answer["Body"]


def test_a_session_stays_with_its_instance(served):
    name, instance = begin(served)
    assert {invoke(served, SessionId=name)["Body"] for _ in range(20)} == {instance}


def test_a_session_that_is_closed_is_over(served):
    name, _ = begin(served)
    assert invoke(served, b"close", SessionId=name)["ClosedSessionId"] == name
    with pytest.raises(ApiError, match=f"ValidationError: Session {name} of endpoint e not found"):
        invoke(served, SessionId=name)


def test_a_session_expires_and_is_forgotten(served):
    name, _ = begin(served, 10)
    served.parts.clock.sleep(11)
    with pytest.raises(ApiError, match="not found"):
        invoke(served, SessionId=name)
    begin(served)
    assert served.parts.state.count(Query("endpoint-session")) == 1


def test_a_session_goes_with_its_instance(served):
    name, _ = begin(served)
    with serving(container(b"three")) as three:
        record = put_endpoint(served, three.address)
        body = {**record.body, "instances": {"v": [{"execution_id": "x-9", "addresses": [three.address]}]}}
        put_endpoint(served, **{key: body[key] for key in ("instances",)})
        with pytest.raises(ApiError, match="its instance was replaced"):
            invoke(served, SessionId=name)


def test_an_unknown_session_is_refused(served):
    with pytest.raises(ApiError, match="Session none of endpoint e not found"):
        invoke(served, SessionId="none")
