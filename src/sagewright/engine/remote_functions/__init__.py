"""What stands around the job of a function: a Python environment of its own, in which `sagemaker` is this package.

It is started by module name, with the job's own command behind it: `python -m sagewright.engine.remote_functions
/bin/bash job_driver.sh ARGUMENT...`. Whatever the job installs, by a list of requirements or by commands, goes into its
environment, and is gone with it; the environment sees the packages of the job's interpreter behind its own.
"""
