"""What a session does with files (v2's own path)."""

from __future__ import annotations

from sagewright.arguments import shows


@shows
class SessionSettings:
    """Settings of a session.

    Args:
        encrypt_repacked_artifacts: Ask for encryption by KMS where code and models are uploaded.
        local_download_dir: The folder for temporary files; None: the system's.
        include_jumpstart_tags: Without effect: there are no models of JumpStart here.
    """

    encrypt_repacked_artifacts = True
    local_download_dir: str | None = None
    include_jumpstart_tags = True

    def __init__(
        self,
        encrypt_repacked_artifacts: bool = True,
        local_download_dir: str | None = None,
        include_jumpstart_tags: bool = True,
    ) -> None:
        self.encrypt_repacked_artifacts = encrypt_repacked_artifacts
        self.local_download_dir = local_download_dir
        self.include_jumpstart_tags = include_jumpstart_tags
