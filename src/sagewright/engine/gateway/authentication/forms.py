"""Browsers' uploads: the credentials stand in the form, which whoever handles it has to read first."""

from __future__ import annotations

from collections.abc import Mapping

from sagewright.engine.gateway.authentication import dialects
from sagewright.engine.gateway.authentication.signed import caller_of, held_by
from sagewright.engine.gateway.exchange import Exchange
from sagewright.engine.signatures import faults, v4
from sagewright.engine.signatures.forms import claim_of_form, verify_post


def authenticate_form(exchange: Exchange, fields: Mapping[str, str]) -> None:
    """Set the caller of a `PostObject`: the holder of the key that signed the form's policy.

    What the policy says, and until when it does, is for the caller of this function to check.

    Args:
        fields: Those that come before the file, under their lower-cased names.

    Raises:
        ApiError: In S3's words.
    """
    key_id = ""
    try:
        claim = claim_of_form(fields)
        key_id = claim.key_id
        if claim.scope is not None:
            v4.check_scope(claim, (), ("s3",))
        holder = held_by(exchange, claim)
        verify_post(claim, holder.secret, fields["policy"])
    except faults.BadSignature as fault:
        raise dialects.refused(dialects.S3, fault, exchange, key_id) from None
    exchange.claim, exchange.session = claim, holder.session
    exchange.caller = caller_of(exchange, holder, claim)
