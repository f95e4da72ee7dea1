"""Clients of moto's services on a home, in this process."""

from __future__ import annotations

import functools

import boto3

from sagewright.engine.gateway.hybrid import sharing
from sagewright.engine.gateway.mounts.botocore import mount


def clients_of(home):
    """Return what makes clients: service and region -> client."""

    @functools.cache
    def make(service, region="us-east-1"):
        session = boto3.Session("a", "b", region_name=region)
        mount(session.events, home)
        return session.client(service)

    return make


def forget():
    """Be another process: nothing of moto's is in memory."""
    sharing._memory.forget()
