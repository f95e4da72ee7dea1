"""Whose answer it is: after updates, of inference components, of shadows."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest

from sagewright.engine.abc import Record
from sagewright.engine.engine import Engine
from sagewright.engine.hosting import background
from sagewright.engine.hosting.later import flush
from tests.unit.model_servers import PIPELINE, SCOPE, echo, error_of, invoke, points, put_endpoint, response, serving


class TestUpdates:
    def test_a_request_follows_an_update_that_came_before_it_was_sent(self, house):
        with serving(echo) as gone:
            pass
        with serving(lambda got: response(b"new")) as server:
            put_endpoint(house, gone.address)
            new = {"name": "w", "weight": 1.0, "mode": "Single", "containers": [{"name": "primary"}]}

            def update():
                put_endpoint(house, server.address)
                record = house.parts.state.get("endpoint", SCOPE, "e")
                body = {**record.body, "variants": [new], "instances": {"w": record.body["instances"]["v"]}}
                house.parts.state.put(replace(record, body=body), expected_version=record.version)

            updating = replace(house, engine=Engine(replace(house.parts, ring=update)))
            result = invoke(updating)
        assert (result["Body"], result["InvokedProductionVariant"]) == (b"new", "w")
        assert points(house, "Invocations") == []
        assert points(house, "Invocations", "w") == [1]

    def test_a_variant_that_now_is_a_pipeline_is_asked_as_one(self, house):
        with serving(echo) as gone:
            pass
        with serving(echo) as first, serving(echo) as second:
            put_endpoint(house, gone.address)
            addresses = [first.address, second.address]
            updating = replace(
                house,
                engine=Engine(replace(house.parts, ring=lambda: put_endpoint(house, addresses, variant=PIPELINE))),
            )
            assert invoke(updating)["Body"] == b"1,2!!"


class TestComponents:
    """Inference components, as their control plane keeps them."""

    @pytest.fixture
    def components(self, house):
        with serving(lambda got: response(b"a")) as one, serving(lambda got: response(b"b")) as two:
            put_endpoint(house, variant={"mode": "Components", "containers": []})
            variant = {"name": "v", "weight": 1.0, "mode": "Single", "containers": [{"name": "primary"}]}
            for name, server in (("one", one), ("two", two)):
                body = {
                    "endpoint_status": "InService",
                    "request": {"EndpointName": "e"},
                    "log_group": f"/aws/sagemaker/InferenceComponents/{name}",
                    "variants": [variant],
                    "instances": {"v": [{"execution_id": f"c-{name}", "addresses": [server.address]}]},
                }
                record = Record("inference-component", SCOPE, name, body)
                house.parts.state.put(record, expected_version=0)
            yield house

    def test_the_component_that_is_named_answers(self, components):
        result = invoke(components, InferenceComponentName="two")
        assert (result["Body"], result["InvokedProductionVariant"]) == (b"b", "v")
        assert invoke(components, InferenceComponentName="one")["Body"] == b"a"
        assert points(components, "Invocations") == [1, 1]
        flush()
        (datum,) = components.parts.metrics.query(
            "AWS/SageMaker", "InvocationsPerCopy", {"InferenceComponentName": "two"}, 0, 1e12
        )
        assert datum.value == 1

    def test_one_must_be_named(self, components):
        error = error_of(components)
        assert error.message.startswith("Inference Component Name header is required for endpoints to which you plan")
        assert error.members["ErrorCode"] == "INFERENCE_COMPONENT_NAME_MISSING"

    def test_it_must_be_there(self, components):
        error = error_of(components, InferenceComponentName="three")
        assert error.message == "Inference Component three of endpoint e not found."

    def test_its_errors_lead_to_its_own_log(self, components):
        with serving(lambda got: response(b"bad", 500)) as server:
            record = components.parts.state.get("inference-component", SCOPE, "one")
            instances = {"v": [{"execution_id": "c-3", "addresses": [server.address]}]}
            components.parts.state.put(
                replace(record, body={**record.body, "instances": instances}), expected_version=record.version
            )
            error = error_of(components, InferenceComponentName="one")
        assert "group=/aws/sagemaker/InferenceComponents/one" in error.message


class TestShadows:
    def put(self, house, production, shadow, weight):
        shapes = {"mode": "Single", "containers": [{"name": "primary"}]}
        variants = [
            {"name": "v", "weight": 1.0, **shapes},
            {"name": "s", "weight": weight, "shadow": True, **shapes},
        ]
        instances = {
            "v": [{"execution_id": "x-0", "addresses": [production.address]}],
            "s": [{"execution_id": "x-1", "addresses": [shadow.address]}],
        }
        put_endpoint(house, variants=variants, instances=instances)

    def test_a_shadow_gets_a_copy_and_its_answer_is_nobodys(self, house):
        with serving(echo) as production, serving(lambda got: response(b"bad", 500)) as shadow:
            self.put(house, production, shadow, 1.0)
            assert invoke(house, CustomAttributes="a")["Body"] == b"1,2!"
            assert background.wait(10)
        (got,) = shadow.got
        assert (got.body, got.headers["x-amzn-sagemaker-custom-attributes"]) == (b"1,2", "a")
        assert points(house, "InvocationModelErrors", "s") == [1]
        assert points(house, "InvocationModelErrors") == [0]

    def test_its_share_is_its_weight_in_relation(self, house):
        with serving(echo) as production, serving(echo) as shadow:
            self.put(house, production, shadow, 0.5)
            for _ in range(60):
                invoke(house)
            assert background.wait(10)
        assert 5 < len(shadow.got) < 55

    def test_a_shadow_that_hangs_slows_nobody(self, house):
        release = threading.Event()

        def hang(got):
            release.wait(10)
            return response(b"")

        with serving(echo) as production, serving(hang) as shadow:
            self.put(house, production, shadow, 1.0)
            began = time.monotonic()
            for _ in range(20):
                invoke(house)
            took_s = time.monotonic() - began
            release.set()
            assert background.wait(10)
        assert took_s < 5
