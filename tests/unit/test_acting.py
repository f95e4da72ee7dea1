"""What work may do that acts as a role, and how its host shows whose work it is."""

from __future__ import annotations

import json
import stat
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from sagewright.engine.acting import PREFIX, Pass, parts_of, shown
from sagewright.engine.engine import Engine
from sagewright.engine.objects.guarded import AccessRefused
from sagewright.engine.operations.sagemaker.acting_roles import acting_role
from sagewright.engine.parts import Caller, Parts, Principal
from sagewright.engine.planning.document import HostDocument, Role
from sagewright.vocabulary.errors import ApiError

ACCOUNT, REGION = "123456789012", "eu-west-1"
ROLE = Role(f"arn:aws:iam::{ACCOUNT}:role/reader", ACCOUNT, REGION)
CALLER = Caller(ACCOUNT, REGION, f"arn:aws:iam::{ACCOUNT}:root", ACCOUNT)
STRANGER = replace(CALLER, principal=Principal("root"))
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
READS = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::mine/*"},
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::mine"},
    ],
}


@pytest.fixture
def parts() -> Parts:
    engine = Engine.in_memory()
    for bucket in ("mine", "other"):
        engine.parts.objects.create_bucket(bucket, REGION, ACCOUNT)
        engine.parts.objects.put(bucket, "a/k", b"text")
    _make_role(engine, "reader", TRUST)
    policy = {"RoleName": "reader", "PolicyName": "reads", "PolicyDocument": json.dumps(READS)}
    engine.call("iam", "PutRolePolicy", policy, CALLER)
    return engine.parts


def _make_role(engine: Engine, name: str, trust: object) -> None:
    engine.call("iam", "CreateRole", {"RoleName": name, "AssumeRolePolicyDocument": json.dumps(trust)}, CALLER)


def test_work_that_acts_as_nobody_sees_the_objects_themselves(parts: Parts) -> None:
    assert parts_of(parts, None) is parts


def test_work_reads_what_its_role_may_read(parts: Parts, tmp_path: Path) -> None:
    objects = parts_of(parts, ROLE).objects
    assert [info.key for info in objects.list("mine").objects] == ["a/k"]
    assert objects.lay_down("mine", [("a/k", tmp_path / "k")]) == []
    assert (tmp_path / "k").read_bytes() == b"text"
    with objects.open("mine", "a/k")[1] as stream:
        assert stream.read() == b"text"


def test_what_the_role_may_not_is_refused_in_aws_s_words(parts: Parts, tmp_path: Path) -> None:
    objects = parts_of(parts, ROLE).objects
    words = (
        f"User: arn:aws:sts::{ACCOUNT}:assumed-role/reader/SageMaker is not authorized to perform: s3:PutObject on "
        'resource: "arn:aws:s3:::mine/a/k" because no identity-based policy allows the s3:PutObject action'
    )
    with pytest.raises(AccessRefused, match="no identity-based policy") as refused:
        objects.put("mine", "a/k", b"changed")
    assert str(refused.value) == words
    for forbidden in (
        lambda: objects.open("other", "a/k"),
        lambda: objects.list("other"),
        lambda: objects.head("none", "a/k"),
        lambda: objects.delete("mine", "a/k"),
        lambda: objects.lay_down("other", [("a/k", tmp_path / "k")]),
        lambda: objects.materialise("other", "a/k", tmp_path / "k"),
    ):
        with pytest.raises(AccessRefused):
            forbidden()
    assert not (tmp_path / "k").exists()
    with parts.objects.open("mine", "a/k")[1] as stream:
        assert stream.read() == b"text"


def test_a_bucket_s_policy_counts_as_well(parts: Parts) -> None:
    statement = {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::other/*", "Principal": {"AWS": ROLE.arn}}
    objects = parts_of(parts, ROLE).objects
    parts.objects.configure_bucket("other", "policy", _policy({**statement, "Effect": "Allow"}))
    assert objects.head("other", "a/k").size == 4
    denial = {**statement, "Resource": "arn:aws:s3:::mine/*", "Effect": "Deny"}
    parts.objects.configure_bucket("mine", "policy", _policy(denial))
    with pytest.raises(AccessRefused, match="explicit deny in a resource-based policy"):
        objects.head("mine", "a/k")


def _policy(statement: Mapping[str, object]) -> dict[str, object]:
    return {"Version": "2012-10-17", "Statement": [statement]}


def test_hosts_have_no_business_with_the_rest_of_the_store(parts: Parts) -> None:
    with pytest.raises(AttributeError, match="delete_bucket"):
        _ = parts_of(parts, ROLE).objects.delete_bucket


def test_without_a_role_work_may_do_nothing(parts: Parts) -> None:
    objects = parts_of(parts, Role("", ACCOUNT, REGION)).objects
    with pytest.raises(AccessRefused):
        objects.list("mine")


def test_in_the_user_s_own_process_roles_are_accepted_as_they_come(parts: Parts) -> None:
    assert acting_role(parts, CALLER, f"arn:aws:iam::{ACCOUNT}:role/unheard-of") is None


def test_over_the_network_work_acts_as_the_role_that_is_handed_over(parts: Parts) -> None:
    expected = {"arn": ROLE.arn, "account": ACCOUNT, "region": REGION}
    assert acting_role(parts, STRANGER, ROLE.arn) == expected
    assert acting_role(parts, STRANGER, None) == {**expected, "arn": ""}


@pytest.mark.parametrize("principal", ["ec2.amazonaws.com", None])
def test_a_role_that_the_service_cannot_assume_is_refused(parts: Parts, principal: str | None) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:role/closed"
    if principal:
        trust = json.loads(json.dumps(TRUST).replace("sagemaker.amazonaws.com", principal))
        _make_role(Engine(parts), "closed", trust)
    with pytest.raises(ApiError, match=f"Could not assume role {arn}") as refused:
        acting_role(parts, STRANGER, arn)
    assert refused.value.code == "ValidationException"


def test_a_role_of_another_account_is_refused(parts: Parts) -> None:
    with pytest.raises(ApiError, match="Cross-account pass role is not allowed"):
        acting_role(parts, STRANGER, "arn:aws:iam::210987654321:role/reader")


def test_a_pass_is_good_while_its_host_s_program_runs(tmp_path: Path) -> None:
    folder = tmp_path / "executions" / "tr-1" / "algo-1"
    folder.mkdir(parents=True)
    entry = Pass(ROLE, "secret")
    entry.write(folder)
    assert stat.S_IMODE((folder / "pass.json").stat().st_mode) == 0o600
    assert entry.path(folder) == f"{PREFIX}tr-1/algo-1"
    assert shown(tmp_path, entry.path(folder), "secret") == ROLE
    assert shown(tmp_path, entry.path(folder), "guess") is None
    assert shown(tmp_path, f"{PREFIX}tr-2/algo-1", "secret") is None
    entry.withdraw(folder)
    assert shown(tmp_path, entry.path(folder), "secret") is None


@pytest.mark.parametrize("path", ["../algo-1", "tr-1/../../x", "tr-1/algo-1/..", "%2e%2e/algo-1", "tr-1/algo-1?x"])
def test_no_path_leads_elsewhere(tmp_path: Path, path: str) -> None:
    (tmp_path / "pass.json").write_text(json.dumps({"role": {}, "token": "t"}))
    assert shown(tmp_path, PREFIX + path, "t") is None


def test_a_host_s_document_keeps_its_role() -> None:
    document = HostDocument("algo-1", [], {}, {}, [], "g", "s", role=ROLE)
    assert HostDocument.from_json(json.loads(json.dumps(document.to_json()))).role == ROLE
