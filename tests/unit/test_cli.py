from __future__ import annotations

import os
from pathlib import Path

import pytest

from sagewright import __version__, cli
from sagewright.cli.run import environment_for, region_of
from sagewright.engine.engine import Engine
from sagewright.engine.gateway.mounts.startup import FOLDER
from sagewright.targets import Target

LOCAL = Target("local", Path("/home/of/engine"))


def test_without_a_command_there_is_help(capsys):
    assert cli.main([]) == 2
    assert "run" in capsys.readouterr().out


def test_the_version(capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"sagewright {__version__}\n"


def test_a_server_runs_no_jobs_in_itself(monkeypatch, capsys):
    monkeypatch.setenv("SAGEWRIGHT_EXECUTOR", "inline")
    assert cli.main(["up"]) == 2
    assert "would run jobs in the server" in capsys.readouterr().err


def test_a_certificate_needs_its_key(tmp_path, capsys):
    assert cli.main(["up", "--tls-cert", str(tmp_path)]) == 2
    assert "go together" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run"], "sagewright: name a script to run\nhint: sagewright run"),
        (["run", "-m"], "sagewright: name a script to run\nhint: sagewright run"),
        (["run", "none.py"], "sagewright: there is no script `none.py`"),
        (["run", "--target", "azure", "x.py"], "sagewright: choose `local`, `aws` or an http(s) address"),
    ],
)
def test_what_cannot_be_run_is_said_on_stderr(arguments, said, capsys):
    assert cli.main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(said)


def test_status_of_a_home_that_is_not_there_makes_none(home, monkeypatch, capsys):
    monkeypatch.setenv("SAGEWRIGHT_CPUS", "3")
    assert cli.main(["status"]) == 0
    lines = capsys.readouterr().out.splitlines()

    assert lines[0] == f"target     local ({home})"
    assert [line.split() for line in lines if "SAGEWRIGHT_CPUS" in line] == [
        ["SAGEWRIGHT_CPUS", "3", "environment", "variable", "SAGEWRIGHT_CPUS"]
    ]
    assert "engine     nothing has run here yet" in lines
    assert not home.exists()


def test_status_of_a_setting_that_is_not_usable(monkeypatch, capsys):
    monkeypatch.setenv("SAGEWRIGHT_CPUS", "many")
    assert cli.main(["status"]) == 2
    assert "SAGEWRIGHT_CPUS=`many` is not usable" in capsys.readouterr().err


# The environment of a program -----------------------------------------------------------------------------------------


def test_a_program_is_led_to_the_engine():
    changed = environment_for(LOCAL, {"PYTHONPATH": "/lib", "OTHER": "kept"}, genuine=False)

    assert changed["PYTHONPATH"] == f"{FOLDER}{os.pathsep}/lib"
    assert (changed["SAGEWRIGHT_ROUTE"], changed["SAGEWRIGHT_ALIAS"]) == ("1", "1")
    assert (changed["SAGEWRIGHT_TARGET"], changed["SAGEWRIGHT_HOME"]) == ("local", "/home/of/engine")
    assert (changed["AWS_REGION"], changed["AWS_DEFAULT_REGION"], changed["OTHER"]) == (
        "us-east-1",
        "us-east-1",
        "kept",
    )


def test_nothing_leads_it_elsewhere():
    elsewhere = {
        "AWS_ENDPOINT_URL": "http://other",
        "AWS_ENDPOINT_URL_S3": "http://other",
        "AWS_PROFILE": "work",
        "AWS_SESSION_TOKEN": "token",
        "AWS_ACCESS_KEY_ID": "mine",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_ROLE_ARN": "role",
    }
    changed = environment_for(LOCAL, elsewhere, genuine=True)
    given = {name: value for name, value in changed.items() if name in elsewhere}
    assert given == {"AWS_ACCESS_KEY_ID": "sagewright", "AWS_SECRET_ACCESS_KEY": "sagewright"}


def test_a_genuine_one_has_no_alias_and_inherits_none():
    assert "SAGEWRIGHT_ALIAS" not in environment_for(LOCAL, {"SAGEWRIGHT_ALIAS": "1"}, genuine=True)


def test_on_aws_the_environment_is_the_user_s_own():
    mine = {"AWS_PROFILE": "work", "AWS_ENDPOINT_URL": "http://other", "SAGEWRIGHT_ROUTE": "1"}
    assert environment_for(Target("aws"), mine, genuine=True) == {
        "AWS_PROFILE": "work",
        "AWS_ENDPOINT_URL": "http://other",
        "SAGEWRIGHT_TARGET": "aws",
    }
    aliased = environment_for(Target("aws"), mine, genuine=False)
    assert (aliased["SAGEWRIGHT_ALIAS"], aliased["PYTHONPATH"]) == ("1", str(FOLDER))
    assert "SAGEWRIGHT_ROUTE" not in aliased


def test_the_startup_folder_stands_on_the_path_once():
    once = environment_for(LOCAL, {}, genuine=False)
    assert environment_for(LOCAL, once, genuine=False)["PYTHONPATH"] == str(FOLDER)


@pytest.mark.parametrize(
    ("variables", "region"),
    [
        ({}, "eu-north-1"),
        ({"AWS_DEFAULT_REGION": "eu-west-1"}, "eu-west-1"),
        ({"AWS_DEFAULT_REGION": "eu-west-1", "AWS_REGION": "eu-west-2"}, "eu-west-2"),
        ({"AWS_PROFILE": "work"}, "ap-south-1"),
        ({"AWS_PROFILE": "none"}, "us-east-1"),
    ],
)
def test_the_region_of_a_program(tmp_path, variables, region):
    config = tmp_path / "config"
    config.write_text("[default]\nregion = eu-north-1\n[profile work]\nregion = ap-south-1\n")
    assert region_of({"AWS_CONFIG_FILE": str(config), **variables}) == region


@pytest.mark.parametrize("damaged", [b"region = x", b"\xff\xfe", None])
def test_a_configuration_that_cannot_be_read_names_no_region(tmp_path, damaged):
    config = tmp_path / "config"
    if damaged is not None:
        config.write_bytes(damaged)
    assert region_of({"AWS_CONFIG_FILE": str(config)}) == "us-east-1"


def test_checking_objects(home, capsys):
    assert cli.main(["check"]) == 0
    assert not home.exists()
    engine = Engine.open(home)
    engine.parts.objects.create_bucket("bucket", "r", "o")
    engine.parts.objects.put("bucket", "k", b"data")
    engine.close()
    capsys.readouterr()
    assert cli.main(["check"]) == 0
    assert capsys.readouterr() == ("", "no damaged objects\n")
    next((home / "objects/blobs").glob("*/*")).write_bytes(b"DATA")
    assert cli.main(["check", "bucket"]) == 1
    out, err = capsys.readouterr()
    assert out.startswith("s3://bucket/k: `")
    assert err == "1 damaged object\n"
    assert cli.main(["check", "none"]) == 2
