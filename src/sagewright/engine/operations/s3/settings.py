"""Settings of buckets that are kept and told, and those that would have to act and are refused.

What a client could only observe in its bill or in Amazon's network (who pays, acceleration) is kept. What would have to
be done (access logs, replication, inventories) is refused by name where somebody turns it on; asked for,
it is truthfully not there.
"""

from __future__ import annotations

from sagewright.engine.operations.s3.buckets import find_bucket
from sagewright.engine.operations.s3.configuration import check_words, malformed, missing, set_
from sagewright.engine.operations.s3.errors import refuse
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.errors import ApiError

# Acceleration and payment ---------------------------------------------------------------------------------------------


def get_bucket_accelerate_configuration(parts: Parts, caller: Caller, params: Params) -> Result:
    """Tell whether transfers are accelerated; a bucket that never asked for it has no word."""
    return dict(find_bucket(parts, params).configuration.get("accelerate", {}))


def put_bucket_accelerate_configuration(parts: Parts, caller: Caller, params: Params) -> Result:
    """Keep the word on acceleration: here no network lies between."""
    status = params.get("AccelerateConfiguration", {}).get("Status")
    check_words(status, ("Enabled", "Suspended"))
    if "." in params["Bucket"]:
        raise ApiError(
            "InvalidRequest", "S3 Transfer Acceleration is not supported for buckets with periods (.) in their names"
        )
    return set_(parts, params, "accelerate", {"Status": status})


def get_bucket_request_payment(parts: Parts, caller: Caller, params: Params) -> Result:
    """Tell who pays for requests."""
    return {"Payer": find_bucket(parts, params).configuration.get("requestPayment", "BucketOwner")}


def put_bucket_request_payment(parts: Parts, caller: Caller, params: Params) -> Result:
    """Keep the word on who pays."""
    payer = params.get("RequestPaymentConfiguration", {}).get("Payer")
    check_words(payer, ("BucketOwner", "Requester"))
    return set_(parts, params, "requestPayment", payer)


# Logging, replication -------------------------------------------------------------------------------------------------


def get_bucket_logging(parts: Parts, caller: Caller, params: Params) -> Result:
    """Tell that no access logs are written."""
    find_bucket(parts, params)
    return {}


def put_bucket_logging(parts: Parts, caller: Caller, params: Params) -> Result:
    """Turn access logs off, as they are."""
    find_bucket(parts, params)
    refuse([("LoggingEnabled", "LoggingEnabled" in (params.get("BucketLoggingStatus") or {}))])
    return {}


def get_bucket_replication(parts: Parts, caller: Caller, params: Params) -> Result:
    """Tell that nothing is replicated."""
    find_bucket(parts, params)
    raise missing("replication", params["Bucket"])


def put_bucket_replication(parts: Parts, caller: Caller, params: Params) -> Result:
    """Refuse to replicate."""
    find_bucket(parts, params)
    refuse([("ReplicationConfiguration", True)])
    return {}


def delete_bucket_replication(parts: Parts, caller: Caller, params: Params) -> Result:
    """Remove what is not there, which S3 does not mind."""
    find_bucket(parts, params)
    return {}


# Lists of configurations: analytics, inventories, metrics, intelligent tiering ----------------------------------------
# Metrics and tiers are a matter of Amazon's bill and consoles, and are kept; analyses and inventories would have to be
# written to buckets.

MOST_CONFIGURATIONS = 1000


def get_bucket_metrics_configuration(parts: Parts, caller: Caller, params: Params) -> Result:
    return _get_one(parts, params, "metrics", "MetricsConfiguration")


def put_bucket_metrics_configuration(parts: Parts, caller: Caller, params: Params) -> Result:
    return _put_one(parts, params, "metrics", "MetricsConfiguration")


def delete_bucket_metrics_configuration(parts: Parts, caller: Caller, params: Params) -> Result:
    return _delete_one(parts, params, "metrics")


def list_bucket_metrics_configurations(parts: Parts, caller: Caller, params: Params) -> Result:
    return _list_all(parts, params, "metrics", "MetricsConfigurationList")


def get_bucket_intelligent_tiering_configuration(parts: Parts, caller: Caller, params: Params) -> Result:
    return _get_one(parts, params, "intelligent-tiering", "IntelligentTieringConfiguration")


def put_bucket_intelligent_tiering_configuration(parts: Parts, caller: Caller, params: Params) -> Result:
    return _put_one(parts, params, "intelligent-tiering", "IntelligentTieringConfiguration")


def delete_bucket_intelligent_tiering_configuration(parts: Parts, caller: Caller, params: Params) -> Result:
    return _delete_one(parts, params, "intelligent-tiering")


def list_bucket_intelligent_tiering_configurations(parts: Parts, caller: Caller, params: Params) -> Result:
    return _list_all(parts, params, "intelligent-tiering", "IntelligentTieringConfigurationList")


def get_bucket_analytics_configuration(parts: Parts, caller: Caller, params: Params) -> Result:
    return _get_one(parts, params, "analytics", "AnalyticsConfiguration")


def put_bucket_analytics_configuration(parts: Parts, caller: Caller, params: Params) -> Result:
    find_bucket(parts, params)
    refuse([("AnalyticsConfiguration", True)])
    return {}


def delete_bucket_analytics_configuration(parts: Parts, caller: Caller, params: Params) -> Result:
    return _delete_one(parts, params, "analytics")


def list_bucket_analytics_configurations(parts: Parts, caller: Caller, params: Params) -> Result:
    return _list_all(parts, params, "analytics", "AnalyticsConfigurationList")


def get_bucket_inventory_configuration(parts: Parts, caller: Caller, params: Params) -> Result:
    return _get_one(parts, params, "inventory", "InventoryConfiguration")


def put_bucket_inventory_configuration(parts: Parts, caller: Caller, params: Params) -> Result:
    find_bucket(parts, params)
    refuse([("InventoryConfiguration", True)])
    return {}


def delete_bucket_inventory_configuration(parts: Parts, caller: Caller, params: Params) -> Result:
    return _delete_one(parts, params, "inventory")


def list_bucket_inventory_configurations(parts: Parts, caller: Caller, params: Params) -> Result:
    return _list_all(parts, params, "inventory", "InventoryConfigurationList")


def _get_one(parts: Parts, params: Params, setting: str, member: str) -> Result:
    found = find_bucket(parts, params).configuration.get(setting, {}).get(params["Id"])
    if found is None:
        raise _no_such_configuration()
    return {member: found}


def _put_one(parts: Parts, params: Params, setting: str, member: str) -> Result:
    configured = dict(find_bucket(parts, params).configuration.get(setting, {}))
    if params[member].get("Id") != params["Id"]:
        raise malformed()
    configured[params["Id"]] = params[member]
    if len(configured) > MOST_CONFIGURATIONS:
        raise ApiError(
            "TooManyConfigurations",
            "You are attempting to create a new configuration but have already reached the 1,000-configuration limit.",
        )
    return set_(parts, params, setting, configured)


def _delete_one(parts: Parts, params: Params, setting: str) -> Result:
    configured = dict(find_bucket(parts, params).configuration.get(setting, {}))
    if configured.pop(params["Id"], None) is None:
        raise _no_such_configuration()
    return set_(parts, params, setting, configured or None)


def _list_all(parts: Parts, params: Params, setting: str, member: str) -> Result:
    configured = find_bucket(parts, params).configuration.get(setting, {})
    return {member: [configured[name] for name in sorted(configured)], "IsTruncated": False}


def _no_such_configuration() -> ApiError:
    return ApiError("NoSuchConfiguration", "The specified configuration does not exist.", 404)
