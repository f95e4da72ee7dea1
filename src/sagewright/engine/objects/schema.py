"""The schema of the file object store's index. Released migrations are never changed.

`object` holds the newest version of each key unless that is a delete marker: what a plain reader sees, and all that a
bucket without versions has. `version` holds everything else: older versions, and delete markers. So versions cost those
nothing who do not keep them. `rank` orders the versions of a key, the newest has the smallest; `version` is the empty
text for S3's version `null`.
"""

from __future__ import annotations

MIGRATIONS = (
    (
        """
        CREATE TABLE bucket (
            name TEXT PRIMARY KEY, region TEXT NOT NULL, owner TEXT NOT NULL, created_at REAL NOT NULL,
            tags TEXT NOT NULL
        ) WITHOUT ROWID
        """,
        # Keys are UTF-8 bytes: their order is S3's.
        """
        CREATE TABLE object (
            bucket TEXT NOT NULL, key BLOB NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
            modified_at REAL NOT NULL, headers TEXT NOT NULL, metadata TEXT NOT NULL, tags TEXT NOT NULL,
            blob TEXT NOT NULL, PRIMARY KEY (bucket, key)
        ) WITHOUT ROWID
        """,
        "CREATE INDEX object_blob ON object (blob)",
        """
        CREATE TABLE upload (
            id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key BLOB NOT NULL, started_at REAL NOT NULL,
            headers TEXT NOT NULL, metadata TEXT NOT NULL, tags TEXT NOT NULL
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE part (
            upload_id TEXT NOT NULL, number INTEGER NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
            modified_at REAL NOT NULL, blob TEXT NOT NULL, PRIMARY KEY (upload_id, number)
        ) WITHOUT ROWID
        """,
        "CREATE INDEX part_blob ON part (blob)",
    ),
    ("ALTER TABLE bucket ADD COLUMN configuration TEXT NOT NULL DEFAULT '{}'",),
    (
        "ALTER TABLE object ADD COLUMN version TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE object ADD COLUMN rank INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE object ADD COLUMN assembly TEXT NOT NULL DEFAULT ''",
        # The columns of `object` in their order, then one more.
        """
        CREATE TABLE version (
            bucket TEXT NOT NULL, key BLOB NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
            modified_at REAL NOT NULL, headers TEXT NOT NULL, metadata TEXT NOT NULL, tags TEXT NOT NULL,
            blob TEXT NOT NULL, version TEXT NOT NULL, rank INTEGER NOT NULL, assembly TEXT NOT NULL,
            marker INTEGER NOT NULL, PRIMARY KEY (bucket, key, rank)
        ) WITHOUT ROWID
        """,
        "CREATE UNIQUE INDEX version_id ON version (bucket, key, version)",
        "CREATE INDEX version_blob ON version (blob) WHERE blob <> ''",
        "ALTER TABLE part ADD COLUMN checksums TEXT NOT NULL DEFAULT '{}'",
        "CREATE INDEX upload_bucket ON upload (bucket, key)",
    ),
)
