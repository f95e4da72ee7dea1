"""Script mode: what the framework containers do inside a job to run a user's script (`contract.md` 1.12 to 1.14).

It runs from `/opt/ml` alone and is started by module name: `python -m sagewright.engine.script_mode train`.
"""
