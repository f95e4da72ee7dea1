"""The steward's loop for captured invocations: what callers noted down becomes objects (`contract.md` 2.11)."""

from __future__ import annotations

import logging
from pathlib import Path

from sagewright.engine.abc import NoSuchBucket
from sagewright.engine.hosting.capture.spool import Spool, batch_of, began_at, seal, spools
from sagewright.engine.parts import Parts

AGE_S = 10.0  # after which a batch becomes an object, whatever is still to come
CONTENT_TYPE = "application/json"

log = logging.getLogger(__name__)


class CaptureReconciler:
    """Puts the objects of captured invocations.

    A batch becomes an object when it is old enough, or when its endpoint goes. One whose bucket is missing waits until
    there is one, but keeps no steward from leaving.
    """

    kind = "capture"

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._stuck: set[Path] = set()

    def tick(self) -> bool:
        """Put what is due; return whether batches wait that can be put."""
        if self._parts.home is None:
            return False
        waits = False
        for spool in spools(self._parts.home):
            try:
                waits = not self._carry_on(spool) or waits
            except NoSuchBucket as error:
                if spool.path not in self._stuck:
                    log.warning("the captures of endpoint %s have no bucket %s", spool.endpoint, error)
                self._stuck.add(spool.path)
        return waits

    def _carry_on(self, spool: Spool) -> bool:
        """Put a spool if it is due; return whether it is gone."""
        if not self._is_due(spool):
            return False
        spool = seal(spool)
        batch = batch_of(spool)
        if batch is not None:
            headers = {"ContentType": CONTENT_TYPE}
            self._parts.objects.put(batch.bucket, batch.key, batch.lines, headers=headers)
        spool.path.unlink()
        self._stuck.discard(spool.path)
        return True

    def _is_due(self, spool: Spool) -> bool:
        began = began_at(spool)
        if spool.sealed or (began is not None and self._parts.clock.now() - began >= AGE_S):
            return True
        endpoint = self._parts.state.get("endpoint", spool.scope, spool.endpoint)
        return endpoint is None or endpoint.body["endpoint_status"] in ("Deleting", "Failed")
