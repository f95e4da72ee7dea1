"""One function per API operation, one file per resource family.

`ROOMS` says where each operation lives: service (botocore's name) -> module -> operations. The function is the
operation's name in snake_case, `(parts, caller, params) -> result`. Params and results are botocore's Python form of
the operation's shapes, except that times may be given as unix seconds. Params have passed the shape checks of the
service model (required, types, patterns, enums, ranges) before; a function checks what crosses fields or needs state.
An error is an `ApiError`. Modules are imported when first called.
"""

from __future__ import annotations

import importlib
import re
from functools import cache

from sagewright.engine.parts import Operation

ROOMS: dict[str, dict[str, tuple[str, ...]]] = {
    "sagemaker": {
        "sagemaker.training": ("CreateTrainingJob", "DescribeTrainingJob", "ListTrainingJobs", "StopTrainingJob"),
        "sagemaker.training_changes": ("UpdateTrainingJob", "DeleteTrainingJob"),
        "sagemaker.transform": ("CreateTransformJob", "DescribeTransformJob", "ListTransformJobs", "StopTransformJob"),
        "sagemaker.model_packages": (
            "CreateModelPackage",
            "DescribeModelPackage",
            "ListModelPackages",
            "UpdateModelPackage",
            "DeleteModelPackage",
        ),
        "sagemaker.model_package_groups": (
            "CreateModelPackageGroup",
            "DescribeModelPackageGroup",
            "ListModelPackageGroups",
            "DeleteModelPackageGroup",
        ),
        "sagemaker.models": ("CreateModel", "DescribeModel", "ListModels", "DeleteModel"),
        "sagemaker.endpoint_configs": (
            "CreateEndpointConfig",
            "DescribeEndpointConfig",
            "ListEndpointConfigs",
            "DeleteEndpointConfig",
        ),
        "sagemaker.endpoints": ("CreateEndpoint", "DescribeEndpoint", "ListEndpoints", "DeleteEndpoint"),
        "sagemaker.endpoint_updates": ("UpdateEndpoint", "UpdateEndpointWeightsAndCapacities"),
        "sagemaker.inference_components": (
            "CreateInferenceComponent",
            "DescribeInferenceComponent",
            "ListInferenceComponents",
            "UpdateInferenceComponent",
            "UpdateInferenceComponentRuntimeConfig",
            "DeleteInferenceComponent",
        ),
        "sagemaker.tags": ("AddTags", "ListTags", "DeleteTags"),
        "sagemaker.monitoring": ("ListMonitoringSchedules",),
    },
    "sagemaker-runtime": {
        "runtime.invocations": ("InvokeEndpoint",),
        "runtime.streams": ("InvokeEndpointWithResponseStream",),
        "runtime.async_invocations": ("InvokeEndpointAsync",),
    },
    "s3": {
        "s3.creating": ("CreateBucket",),
        "s3.buckets": (
            "HeadBucket",
            "ListBuckets",
            "DeleteBucket",
            "GetBucketLocation",
            "GetBucketTagging",
            "PutBucketTagging",
            "DeleteBucketTagging",
        ),
        "s3.policies": ("GetBucketPolicy", "PutBucketPolicy", "DeleteBucketPolicy", "GetBucketPolicyStatus"),
        "s3.ownership": (
            "GetBucketOwnershipControls",
            "PutBucketOwnershipControls",
            "DeleteBucketOwnershipControls",
            "GetPublicAccessBlock",
            "PutPublicAccessBlock",
            "DeletePublicAccessBlock",
        ),
        "s3.acls": ("GetBucketAcl", "PutBucketAcl"),
        "s3.cors": ("GetBucketCors", "PutBucketCors", "DeleteBucketCors"),
        "s3.lifecycle": (
            "GetBucketLifecycleConfiguration",
            "PutBucketLifecycleConfiguration",
            "DeleteBucketLifecycle",
            "GetBucketLifecycle",
            "PutBucketLifecycle",
        ),
        "s3.notifications": ("GetBucketNotificationConfiguration", "PutBucketNotificationConfiguration"),
        "s3.encryption": ("GetBucketEncryption", "PutBucketEncryption", "DeleteBucketEncryption"),
        "s3.websites": ("GetBucketWebsite", "PutBucketWebsite", "DeleteBucketWebsite"),
        "s3.settings": (
            "GetBucketAccelerateConfiguration",
            "PutBucketAccelerateConfiguration",
            "GetBucketRequestPayment",
            "PutBucketRequestPayment",
            "GetBucketLogging",
            "PutBucketLogging",
            "GetBucketReplication",
            "PutBucketReplication",
            "DeleteBucketReplication",
            "GetBucketMetricsConfiguration",
            "PutBucketMetricsConfiguration",
            "DeleteBucketMetricsConfiguration",
            "ListBucketMetricsConfigurations",
            "GetBucketIntelligentTieringConfiguration",
            "PutBucketIntelligentTieringConfiguration",
            "DeleteBucketIntelligentTieringConfiguration",
            "ListBucketIntelligentTieringConfigurations",
            "GetBucketAnalyticsConfiguration",
            "PutBucketAnalyticsConfiguration",
            "DeleteBucketAnalyticsConfiguration",
            "ListBucketAnalyticsConfigurations",
            "GetBucketInventoryConfiguration",
            "PutBucketInventoryConfiguration",
            "DeleteBucketInventoryConfiguration",
            "ListBucketInventoryConfigurations",
        ),
        "s3.versioning": ("GetBucketVersioning", "PutBucketVersioning"),
        "s3.objects": ("PutObject", "GetObject", "HeadObject"),
        "s3.deletions": ("DeleteObject", "DeleteObjects"),
        "s3.copies": ("CopyObject",),
        "s3.object_tags": ("GetObjectTagging", "PutObjectTagging", "DeleteObjectTagging"),
        "s3.object_lock": (
            "GetObjectLockConfiguration",
            "PutObjectLockConfiguration",
            "GetObjectRetention",
            "PutObjectRetention",
            "GetObjectLegalHold",
            "PutObjectLegalHold",
        ),
        "s3.object_acls": ("GetObjectAcl", "PutObjectAcl"),
        "s3.attributes": ("GetObjectAttributes",),
        "s3.listings": ("ListObjects", "ListObjectsV2", "ListObjectVersions"),
        "s3.uploads": ("CreateMultipartUpload", "UploadPart", "UploadPartCopy", "AbortMultipartUpload"),
        "s3.completing": ("CompleteMultipartUpload",),
        "s3.upload_listings": ("ListParts", "ListMultipartUploads"),
    },
    "iam": {
        "iam.roles": (
            "CreateRole",
            "GetRole",
            "ListRoles",
            "DeleteRole",
            "UpdateRole",
            "UpdateRoleDescription",
            "UpdateAssumeRolePolicy",
            "PutRolePermissionsBoundary",
            "DeleteRolePermissionsBoundary",
            "CreateServiceLinkedRole",
            "DeleteServiceLinkedRole",
            "GetServiceLinkedRoleDeletionStatus",
        ),
        "iam.users": (
            "CreateUser",
            "GetUser",
            "ListUsers",
            "UpdateUser",
            "DeleteUser",
            "PutUserPermissionsBoundary",
            "DeleteUserPermissionsBoundary",
        ),
        "iam.groups": (
            "CreateGroup",
            "GetGroup",
            "ListGroups",
            "UpdateGroup",
            "DeleteGroup",
            "AddUserToGroup",
            "RemoveUserFromGroup",
            "ListGroupsForUser",
        ),
        "iam.tags": (
            *("TagUser", "UntagUser", "ListUserTags", "TagRole", "UntagRole", "ListRoleTags"),
            *("TagPolicy", "UntagPolicy", "ListPolicyTags"),
            *("TagInstanceProfile", "UntagInstanceProfile", "ListInstanceProfileTags"),
        ),
        "iam.inline_policies": (
            *("PutUserPolicy", "GetUserPolicy", "ListUserPolicies", "DeleteUserPolicy"),
            *("PutGroupPolicy", "GetGroupPolicy", "ListGroupPolicies", "DeleteGroupPolicy"),
            *("PutRolePolicy", "GetRolePolicy", "ListRolePolicies", "DeleteRolePolicy"),
        ),
        "iam.attachments": (
            *("AttachUserPolicy", "AttachGroupPolicy", "AttachRolePolicy"),
            *("DetachUserPolicy", "DetachGroupPolicy", "DetachRolePolicy"),
            *("ListAttachedUserPolicies", "ListAttachedGroupPolicies", "ListAttachedRolePolicies"),
            "ListEntitiesForPolicy",
        ),
        "iam.managed_policies": (
            *("CreatePolicy", "GetPolicy", "ListPolicies", "DeletePolicy", "CreatePolicyVersion", "GetPolicyVersion"),
            *("ListPolicyVersions", "SetDefaultPolicyVersion", "DeletePolicyVersion"),
        ),
        "iam.access_keys": (
            "CreateAccessKey",
            "ListAccessKeys",
            "UpdateAccessKey",
            "DeleteAccessKey",
            "GetAccessKeyLastUsed",
        ),
        "iam.instance_profiles": (
            *("CreateInstanceProfile", "GetInstanceProfile", "ListInstanceProfiles", "ListInstanceProfilesForRole"),
            *("AddRoleToInstanceProfile", "RemoveRoleFromInstanceProfile", "DeleteInstanceProfile"),
        ),
        "iam.account": (
            *("CreateAccountAlias", "ListAccountAliases", "DeleteAccountAlias", "GetAccountSummary"),
            *("UpdateAccountPasswordPolicy", "GetAccountPasswordPolicy", "DeleteAccountPasswordPolicy"),
        ),
        "iam.simulation": (
            *("SimulateCustomPolicy", "SimulatePrincipalPolicy"),
            *("GetContextKeysForCustomPolicy", "GetContextKeysForPrincipalPolicy"),
        ),
        "iam.authorization_details": ("GetAccountAuthorizationDetails",),
        "iam.absent": (
            *("ListMFADevices", "ListVirtualMFADevices", "ListSSHPublicKeys", "ListSigningCertificates"),
            *("ListServiceSpecificCredentials", "ListServerCertificates", "ListSAMLProviders"),
            *("ListOpenIDConnectProviders", "GetLoginProfile", "DeleteLoginProfile"),
        ),
    },
    "sts": {
        "sts.identity": ("GetCallerIdentity", "GetAccessKeyInfo"),
        "sts.roles": ("AssumeRole",),
        "sts.tokens": ("GetSessionToken", "GetFederationToken"),
    },
    "logs": {
        "logs.groups": (
            "CreateLogGroup",
            "DescribeLogGroups",
            "ListLogGroups",
            "DeleteLogGroup",
            "PutRetentionPolicy",
            "DeleteRetentionPolicy",
            "PutLogGroupDeletionProtection",
        ),
        "logs.streams": ("CreateLogStream", "DescribeLogStreams", "DeleteLogStream"),
        "logs.events": ("PutLogEvents", "GetLogEvents"),
        "logs.searches": ("FilterLogEvents",),
        "logs.live_tail": ("StartLiveTail",),
        "logs.metric_filters": (
            "PutMetricFilter",
            "DescribeMetricFilters",
            "DeleteMetricFilter",
            "TestMetricFilter",
        ),
        "logs.tags": (
            "TagLogGroup",
            "UntagLogGroup",
            "ListTagsLogGroup",
            "TagResource",
            "UntagResource",
            "ListTagsForResource",
        ),
    },
    "cloudwatch": {
        "cloudwatch.metrics": ("PutMetricData", "ListMetrics"),
        "cloudwatch.readings": ("GetMetricData", "GetMetricStatistics"),
        "cloudwatch.dashboards": ("PutDashboard", "GetDashboard", "ListDashboards", "DeleteDashboards"),
        "cloudwatch.alarms": (
            "PutMetricAlarm",
            "DeleteAlarms",
            "SetAlarmState",
            "EnableAlarmActions",
            "DisableAlarmActions",
        ),
        "cloudwatch.composites": ("PutCompositeAlarm",),
        "cloudwatch.alarm_lists": ("DescribeAlarms", "DescribeAlarmsForMetric", "DescribeAlarmHistory"),
        "cloudwatch.tags": ("ListTagsForResource", "TagResource", "UntagResource"),
    },
    "application-autoscaling": {
        "autoscaling.targets": (
            "RegisterScalableTarget",
            "DescribeScalableTargets",
            "DeregisterScalableTarget",
            "ListTagsForResource",
            "TagResource",
            "UntagResource",
        ),
        "autoscaling.policies": ("PutScalingPolicy", "DescribeScalingPolicies", "DeleteScalingPolicy"),
        "autoscaling.scheduled_actions": (
            "PutScheduledAction",
            "DescribeScheduledActions",
            "DeleteScheduledAction",
        ),
        "autoscaling.activities": ("DescribeScalingActivities",),
    },
}


def is_ours(service: str) -> bool:
    """Tell whether the engine serves the service itself."""
    return service in ROOMS


@cache
def find(service: str, operation: str) -> Operation | None:
    """Return the function of an operation, or None where it is not built yet."""
    for room, operations in ROOMS.get(service, {}).items():
        if operation in operations:
            function: Operation = getattr(importlib.import_module(f"{__name__}.{room}"), snake_case(operation))
            return function
    return None


def snake_case(operation: str) -> str:
    """`ListObjectsV2` -> `list_objects_v2`, `ListMFADevices` -> `list_mfa_devices`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", operation).lower()
