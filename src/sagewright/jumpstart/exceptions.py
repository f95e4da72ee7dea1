"""JumpStart's errors (v2's own path): not built, see `absent`."""

from __future__ import annotations

from sagewright.jumpstart.absent import refusing

__all__, __getattr__ = refusing(
    __name__,
    classes=[
        "DeprecatedJumpStartModelError",
        "JumpStartHyperparametersError",
        "MarketplaceModelSubscriptionError",
        "VulnerableJumpStartModelError",
    ],
    functions=[
        "get_old_model_version_msg",
        "get_proprietary_model_subscription_error",
        "get_proprietary_model_subscription_msg",
        "get_wildcard_model_version_msg",
        "get_wildcard_proprietary_model_version_msg",
    ],
)
