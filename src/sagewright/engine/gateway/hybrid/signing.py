"""The signatures of SNS's messages: with a key of the home's own, whose certificate lies among moto's."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

# What is signed, in this order, where the message has it.
_SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}


def signed(message: Mapping[str, Any], backend: Any, version: str) -> dict[str, Any]:
    """Return a message with its signature.

    Args:
        backend: moto's backend of SNS in the topic's region, which keeps the key.
        version: `1` (SHA1) or `2` (SHA256), as the topic's attribute `SignatureVersion` says.
    """
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    name, key = _key(backend)
    text = "".join(f"{word}\n{message[word]}\n" for word in _SIGNED[message["Type"]] if message.get(word) is not None)
    algorithm = hashes.SHA256() if version == "2" else hashes.SHA1()  # noqa: S303 - Amazon's own default
    signature = key.sign(text.encode(), padding.PKCS1v15(), algorithm)
    return {
        **message,
        "SignatureVersion": version,
        "Signature": base64.b64encode(signature).decode(),
        "SigningCertURL": f"https://sns.{backend.region_name}.amazonaws.com/{name}",
    }


def _key(backend: Any) -> tuple[str, Any]:
    """Return the name of the certificate and the private key, making them at first use."""
    found: tuple[str, Any] | None = backend.__dict__.get("_signing_key")
    if found is None:
        from cryptography.hazmat.primitives.asymmetric import rsa

        found = f"SimpleNotificationService-{uuid.uuid4().hex}.pem", rsa.generate_private_key(65537, 2048)
        backend._signing_key = found
        backend._message_public_keys[found[0]] = _certificate(found[1])
    return found


def _certificate(key: Any) -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.x509.oid import NameOID
    from moto.core.utils import utcnow

    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    begins = utcnow() - timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    return bytes(made.public_bytes(serialization.Encoding.PEM))
