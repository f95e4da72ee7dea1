"""Clients of moto's services on a home, in this process."""

from __future__ import annotations

import functools

import boto3
import botocore.loaders
import botocore.session

from sagewright.engine.gateway.hybrid import sharing
from sagewright.engine.gateway.mounts.botocore import mount

_LOADER = botocore.loaders.create_loader()  # reading the services' models again for each test would take longest


def clients_of(home):
    """Return what makes clients: service and region -> client."""

    @functools.cache
    def make(service, region="us-east-1"):
        core = botocore.session.Session()
        core.register_component("data_loader", _LOADER)
        session = boto3.Session("a", "b", region_name=region, botocore_session=core)
        mount(session.events, home)
        return session.client(service)

    return make


def forget():
    """Be another process: nothing of moto's is in memory."""
    sharing._memory.forget()
