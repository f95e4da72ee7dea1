"""S3 and local mode's files."""

from __future__ import annotations

from tests.parity.gaps import Differs, Gap

GAPS: dict[str, Gap] = {
    "s3.S3Uploader.upload_string_as_file_body": Differs("the URI has to be given"),
    "local.local_session.LocalSagemaker*Client": Differs("a function: clients are boto3's own, to the engine"),
    "local.local_session.LocalSession.logs_for_job": Differs("takes what `Session.logs_for_job` takes"),
}
