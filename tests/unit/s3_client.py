"""A client of S3 for the tests of its operations: no protocol, only calls."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from sagewright.vocabulary.errors import ApiError
from tests.unit.conftest import ACCOUNT, CALLER


class S3:
    """S3 of one engine, as one caller sees it."""

    def __init__(self, house, caller=CALLER):
        self.house, self.caller = house, caller

    def __call__(self, operation, **params):
        return self.house.engine.call("s3", operation, params, self.caller)

    def at(self, region=CALLER.region, account=ACCOUNT):
        return S3(self.house, replace(self.caller, region=region, account=account))

    def put(self, key, body=b"0123456789", **params):
        return self("PutObject", Bucket="bucket", Key=key, Body=body, **params)

    def read(self, key, **params):
        return self("GetObject", Bucket="bucket", Key=key, **params)["Body"].read()

    def refuses(self, operation, code, status, **params):
        with pytest.raises(ApiError) as caught:
            self(operation, **params)
        assert (caught.value.code, caught.value.status) == (code, status)
        return caught.value

    def facts(self, key):
        """Return an object's type, metadata and tags."""
        head = self("HeadObject", Bucket="bucket", Key=key)
        tags = self("GetObjectTagging", Bucket="bucket", Key=key)["TagSet"]
        return head["ContentType"], head["Metadata"], {tag["Key"]: tag["Value"] for tag in tags}


def md5(data):
    return hashlib.md5(data, usedforsecurity=False)


def etag_of(data):
    return f'"{md5(data).hexdigest()}"'
