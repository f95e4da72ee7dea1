from __future__ import annotations

import pytest

from sagewright import targets
from sagewright.session import Session
from sagewright.targets import NoCredentials, Target

SHARED = "http://127.0.0.1:9"  # where nobody listens


@pytest.fixture(autouse=True)
def environment(tmp_path, monkeypatch):
    """Let tests write configuration files."""
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    return monkeypatch


def test_requests_stay_here_unless_told(home):
    assert targets.current() == Target("local", home)
    assert str(targets.current()) == f"local ({home})"


def test_the_environment_names_the_target(environment):
    environment.setenv("SAGEWRIGHT_TARGET", "aws")
    assert targets.current() == Target("aws")
    assert str(targets.current()) == "aws"


@pytest.fixture
def keys(environment):
    environment.setenv("AWS_ACCESS_KEY_ID", "mine")
    environment.setenv("AWS_SECRET_ACCESS_KEY", "secret")


def test_an_address_is_a_shared_engine(environment, home):
    environment.setenv("SAGEWRIGHT_TARGET", SHARED)
    target = targets.current()
    assert (target, target.url, target.is_engine) == (Target(SHARED), SHARED, True)
    assert [Target("aws").url, Target("local", home).url] == [None, None]
    assert not Target("aws").is_engine


@pytest.mark.parametrize("service", ["sagemaker", "sagemaker-runtime", "s3", "sts", "sqs"])
def test_all_clients_of_a_session_go_to_the_shared_engine(keys, service):
    session = targets.boto_session(target=targets.target_of(SHARED))
    assert session.client(service).meta.endpoint_url == SHARED
    assert session.client(service, "eu-west-1", endpoint_url="http://other").meta.endpoint_url == "http://other"
    assert session.region_name == "us-east-1"
    assert targets.reaches_engine(session)


def test_resources_go_to_the_shared_engine_too(keys, environment):
    environment.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    s3 = targets.boto_session(target=targets.target_of(SHARED)).resource("s3")
    assert (s3.meta.client.meta.endpoint_url, s3.meta.client.meta.region_name) == (SHARED, "eu-west-1")


def test_a_session_may_name_its_target(keys):
    session = Session(target=SHARED)
    assert session.sagemaker_client.meta.endpoint_url == SHARED
    assert session.sts_client.meta.endpoint_url == SHARED
    assert session._asks_engine()
    with pytest.raises(ValueError, match="choose `local`"):
        Session(target="azure")


def test_without_credentials_a_shared_engine_cannot_be_asked():
    with pytest.raises(NoCredentials, match=f"{SHARED}.*\nhint: set AWS_ACCESS_KEY_ID.*sagewright up"):
        targets.boto_session(target=targets.target_of(SHARED))


def test_a_target_that_does_not_exist():
    with pytest.raises(ValueError, match="choose `local`, `aws` or an http"):
        targets.target_of("azure")


@pytest.mark.parametrize(
    ("variables", "asked", "region"),
    [
        ({}, None, "us-east-1"),
        ({"AWS_DEFAULT_REGION": "eu-west-1"}, None, "eu-west-1"),
        ({"AWS_DEFAULT_REGION": "eu-west-1"}, "ap-south-1", "ap-south-1"),
    ],
)
def test_the_region_of_a_session(environment, variables, asked, region):
    for name, value in variables.items():
        environment.setenv(name, value)
    assert targets.boto_session(asked).region_name == region


def test_the_configuration_names_the_region(tmp_path):
    (tmp_path / "config").write_text("[default]\nregion = eu-north-1\n")
    assert targets.boto_session().region_name == "eu-north-1"


def test_a_local_session_looks_for_no_credentials_and_needs_none(tmp_path):
    (tmp_path / "credentials").write_text("[default]\naws_access_key_id = mine\naws_secret_access_key = secret\n")
    credentials = targets.boto_session().get_credentials()
    assert credentials is not None
    assert credentials.access_key == "sagewright"


def test_on_aws_the_session_is_boto3_s_own(environment, home):
    environment.setenv("SAGEWRIGHT_TARGET", "aws")
    environment.setenv("AWS_ACCESS_KEY_ID", "mine")
    environment.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    session = targets.boto_session("eu-west-1")
    credentials = session.get_credentials()
    assert credentials is not None
    assert (credentials.access_key, session.region_name) == ("mine", "eu-west-1")
    assert not home.exists()


def test_making_a_session_leaves_no_trace(home):
    targets.boto_session().client("sts")
    assert not home.exists()


def test_the_target_is_announced_once_and_on_stderr(environment, home, capsys):
    environment.setattr(targets, "_announced", type(targets._announced)())
    targets.announce()
    targets.announce()
    out, err = capsys.readouterr()
    assert (out, err) == ("", f"sagewright: running on the target local ({home})\n")
