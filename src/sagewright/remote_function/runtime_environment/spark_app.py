"""Call the function of a job that is a Spark application; Spark starts this script."""

from __future__ import annotations

import importlib

if __name__ == "__main__":
    importlib.import_module("sagemaker.remote_function.invoke_function").main()
