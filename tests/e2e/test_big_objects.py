"""Objects larger than what a process may hold in memory."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import io, resource, sys
from pathlib import Path
from sagewright.engine.engine import Engine
from sagewright.engine.parts import Caller

MIB = 1 << 20

class Zeros(io.RawIOBase):
    def __init__(self, size):
        self.left = size
    def read(self, size=-1):
        size = min(self.left, size if size >= 0 else self.left)
        self.left -= size
        return bytes(size)

engine = Engine.open(Path(sys.argv[1]))
caller = Caller("123456789012", "us-east-1", "arn:aws:iam::123456789012:root", "id")
call = lambda operation, **params: engine.call("s3", operation, {"Bucket": "bucket", **params}, caller)
call("CreateBucket")
call("PutObject", Key="warm", Body=Zeros(2 * MIB))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

call("PutObject", Key="big", Body=Zeros(100 * MIB), ChecksumAlgorithm="CRC32")
upload = call("CreateMultipartUpload", Key="joined")["UploadId"]
named = {"Key": "joined", "UploadId": upload}
copy = [call("UploadPartCopy", **named, PartNumber=n, CopySource="bucket/big")["CopyPartResult"] for n in (1, 2)]
parts = [{"PartNumber": n, "ETag": part["ETag"]} for n, part in enumerate(copy, 1)]
call("CompleteMultipartUpload", **named, MultipartUpload={"Parts": parts})
body, size = call("GetObject", Key="joined")["Body"], 0
while piece := body.read(MIB):
    size += len(piece)
assert size == 200 * MIB, size
tail = call("GetObject", Key="joined", Range="bytes=-100")["Body"].read()
assert tail == bytes(100)

after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print((after - before) // 1024)
engine.close()
"""


def test_memory_stays_flat(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)], capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 32  # MiB
