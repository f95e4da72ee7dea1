"""The ping of a model server (`contract.md` 2.1)."""

from __future__ import annotations

import http.client

ANSWER_S = 2.0  # a ping is answered within two seconds
FIRST_PAUSE_S = 0.02
LONGEST_PAUSE_S = 1.0


class HealthCheck:
    """Asks a server on a loopback port whether it is ready, less often the longer it takes.

    Attributes:
        address: `host:port` once a ping was answered with 200.
        pause_s: Seconds to wait before the next ping.
    """

    def __init__(self, port: int, path: str, startup_s: float) -> None:
        self.startup_s = startup_s
        self.address: str | None = None
        self.pause_s = FIRST_PAUSE_S
        self.port, self._path = port, path

    def passes(self) -> bool:
        """Ping once; True from the first 200 on."""
        if self.address is None and self._ping():
            self.address = f"127.0.0.1:{self.port}"
        self.pause_s = min(self.pause_s * 1.3, LONGEST_PAUSE_S)
        return self.address is not None

    def _ping(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_S)
        try:
            connection.request("GET", self._path)
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
