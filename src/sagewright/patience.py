"""Reads that AWS throttles, and credentials that run out while a job is followed (`contract.md` 8.12).

Botocore asks, after each answer, whether a request is to be sent again: what its own few attempts have not settled
comes here. Only reads are sent again, so nothing is made twice.
"""

from __future__ import annotations

import sys
import threading
import time
from typing import Any

THROTTLED = frozenset(
    ("ThrottlingException", "Throttling", "ThrottledException", "RequestLimitExceeded", "TooManyRequestsException")
)
EXPIRED = frozenset(("ExpiredTokenException", "ExpiredToken", "RequestExpired"))
READS = ("Describe", "List", "Get", "FilterLogEvents")

LONGEST_PAUSE_S = 60.0
GIVES_UP_S = 600.0
_RENEWAL_S = 10.0  # between two looks whether the credentials have been renewed
_STILL_FOLLOWING_S = 5.0

# Where credentials may come from that somebody can renew while the program runs.
_RENEWABLE = frozenset(("shared-credentials-file", "config-file", "custom-process", "sso", "login", "assume-role"))

_following = threading.local()


def note_following() -> None:
    """Note that this thread follows something, and is about to look at it again."""
    _following.until = time.monotonic() + _STILL_FOLLOWING_S


def is_following() -> bool:
    """Tell whether this thread follows something."""
    return time.monotonic() < getattr(_following, "until", 0.0)


class Patience:
    """Decides for a client's requests whether they are sent again, and when.

    Args:
        boto_session: Whose credentials sign the requests.
    """

    def __init__(self, boto_session: Any) -> None:
        self._boto_session = boto_session
        self._began: float | None = None  # of the trouble that there is now
        self._lock = threading.Lock()

    def watch(self, client: Any) -> None:
        """Decide for a client's requests."""
        client.meta.events.register("needs-retry", self.pause_s, unique_id="sagewright-patience")

    def pause_s(self, response: Any = None, operation: Any = None, attempts: int = 1, **_: Any) -> float | None:
        """Return the seconds after which a request is sent again; None: it is not."""
        code = "" if response is None else str(response[1].get("Error", {}).get("Code", ""))
        if not code or not operation.name.startswith(READS):
            self._began = None
            return None
        is_expired = code in EXPIRED and is_following()
        if not is_expired and code not in THROTTLED:
            return None
        if is_expired and not self._renew():
            return None
        return self._next_pause_s(attempts, is_expired=is_expired)

    def _next_pause_s(self, attempts: int, *, is_expired: bool) -> float | None:
        with self._lock:
            is_new = self._began is None
            self._began = time.monotonic() if self._began is None else self._began
            if time.monotonic() - self._began > GIVES_UP_S:
                return None
        if not is_expired:
            import random  # only those who are throttled need it

            return random.uniform(0.5, 1) * min(LONGEST_PAUSE_S, 2.0 ** min(attempts, 10))  # noqa: S311
        if is_new:
            print(  # noqa: T201
                "\nsagewright: the credentials have expired. What was started goes on. Renew them, for example with "
                "`aws sso login`, and this program follows it again.",
                file=sys.stderr,
            )
        note_following()
        return _RENEWAL_S

    def _renew(self) -> bool:
        """Take credentials that were renewed where the old ones came from; tell whether they may come at all."""
        current = self._boto_session.get_credentials()
        if current is None or getattr(current, "method", None) not in _RENEWABLE:
            return False
        if hasattr(current, "refresh_needed"):
            return True  # botocore fetches them itself when the next request is signed
        fresh = _found_anew(self._boto_session.profile_name)
        if fresh is not None and fresh.access_key != current.access_key:
            # In place: all clients of the session sign with this object.
            current.access_key, current.secret_key, current.token = fresh.access_key, fresh.secret_key, fresh.token
        return True


def _found_anew(profile: str) -> Any:
    """Return what botocore finds now for a profile."""
    from botocore.session import Session

    return Session(profile=None if profile == "default" else profile).get_credentials()
