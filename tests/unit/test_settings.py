from __future__ import annotations

from pathlib import Path

import pytest

from sagewright import settings


@pytest.mark.parametrize("setting", settings.ALL, ids=lambda setting: setting.variable)
def test_every_setting_has_a_variable_a_meaning_and_a_default(setting):
    assert setting.variable.startswith("SAGEWRIGHT_")
    assert setting.meaning.endswith(".")
    assert setting.read({}) == setting.read({setting.variable: ""}) == setting.default


@pytest.mark.parametrize(
    ("setting", "text", "value"),
    [
        (settings.HOME, "~/x", Path.home() / "x"),
        (settings.HOME, "x", Path.cwd() / "x"),
        (settings.TARGET, "aws", "aws"),
        (settings.TARGET, "https://team:8080", "https://team:8080"),
        (settings.EXECUTOR, "inline", "inline"),
        (settings.IDLE_S, "0.5", 0.5),
        (settings.CPUS, "0", 0),
        (settings.CPUS, "12", 12),
        (settings.ACCOUNT, "210987654321", "210987654321"),
    ],
)
def test_values(setting, text, value):
    assert setting.read({setting.variable: text}) == value


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        (settings.TARGET, "azure"),
        (settings.TARGET, "ftp://team"),
        (settings.EXECUTOR, "docker"),
        (settings.IDLE_S, "0"),
        (settings.IDLE_S, "soon"),
        (settings.IDLE_S, "nan"),
        (settings.CPUS, "-1"),
        (settings.CPUS, "two"),
        (settings.ACCOUNT, "12345"),
        (settings.ACCOUNT, "12345678901a"),
    ],
)
def test_values_that_cannot_be_used(setting, text):
    with pytest.raises(ValueError, match=f"^{setting.variable}=`{text}` is not usable: .+\nhint: ") as caught:
        setting.read({setting.variable: text})
    assert str(caught.value).endswith(setting.meaning)


def test_where_a_value_comes_from(monkeypatch):
    monkeypatch.delenv("SAGEWRIGHT_CPUS", raising=False)
    assert settings.CPUS.source() == "default"
    monkeypatch.setenv("SAGEWRIGHT_CPUS", "3")
    assert settings.CPUS.source() == "environment variable SAGEWRIGHT_CPUS"
    assert settings.CPUS.read() == 3
