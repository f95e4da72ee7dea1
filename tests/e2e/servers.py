"""Model servers of a few lines, mapped to an image, and the endpoints in front of them."""

from __future__ import annotations

from typing import Any

from sagewright import cli
from tests.e2e.conftest import ROLE

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/counter:1"

# Says how many bytes it got and who it is, after a pause.
SERVE = """
import http.server, os, time, uuid
NAME = uuid.uuid4().hex
class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, body=b""):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        self.wfile.write(body)
    def do_GET(self):
        self.answer()
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        print("asked", flush=True)
        time.sleep(float(os.environ.get("PAUSE_S", "0")))
        self.answer(f"{len(body)} {NAME}".encode())
    def log_message(self, *args):
        pass
http.server.ThreadingHTTPServer(("0.0.0.0", int(os.environ["SAGEMAKER_BIND_TO_PORT"])), Handler).serve_forever()
"""


def map_server(tmp_path: Any) -> None:
    folder = tmp_path / "counter"
    folder.mkdir()
    (folder / "serve.py").write_text(SERVE)
    assert cli.main(["images", "map", IMAGE, "--dir", str(folder), "--serve", "python serve.py"]) == 0


def deploy(cloud: Any, variant: dict[str, Any], pause_s: float = 0.0, name: str = "e", **config: Any) -> None:
    """Bring an endpoint of the counting server into service."""
    assert cloud.s3
    container = {"Image": IMAGE, "Environment": {"PAUSE_S": str(pause_s)}}
    cloud.sagemaker.create_model(ModelName=name, PrimaryContainer=container, ExecutionRoleArn=ROLE)
    variant = {"VariantName": "v", "ModelName": name, **variant}
    cloud.sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant], **config)
    cloud.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    assert cloud.end_of_creation(name)["EndpointStatus"] == "InService"
