"""Runs the programs of hosts in containers, by the Docker API, which Docker and Podman speak.

The host's process stays what it is (it fetches, supervises, stores); only its program is a container.
"""
