"""The shipped suites live outside this folder; their assertions are to be explained like any other."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("sagewright.testing")
