"""SNS: what becomes of a message that is published.

moto keeps topics and subscriptions, and puts messages into queues. The rest is done here in its place: mails and text
messages go to the outbox, endpoints and functions get theirs from the steward.

An HTTP endpoint is sent a token first, and gets messages once somebody has confirmed the subscription with it. Mail
addresses count as confirmed, since nobody could read the mail that asks them.
"""

from __future__ import annotations

import json
import time
import uuid
from typing import Any
from urllib.parse import urlencode

from moto.core.responses import ActionResult
from moto.sns.exceptions import SNSInvalidParameter, SNSNotFoundError
from moto.sns.models import SNSBackend, Subscription, Topic
from moto.sns.responses import SNSResponse

from sagewright.engine.gateway.hybrid import mails, outbox, pending, sharing, webhooks
from sagewright.engine.gateway.hybrid.signing import signed

KEPT_NOTIFICATIONS = 100  # of a topic, in moto; the outbox has them all
_UNKNOWN = ("firehose",)
_TRUE = (True, "true", "True")


def take_over() -> None:
    """Let moto's topics deliver as this module says."""
    topic: Any = Topic
    subscription: Any = Subscription
    backend: Any = SNSBackend
    response: Any = SNSResponse
    topic.publish = _publishing(Topic.publish)
    subscription.publish = _publish
    subscription.get_post_data = _post_data
    backend.subscribe = _subscribing(SNSBackend.subscribe)
    backend.publish = _texting(SNSBackend.publish)
    response.subscribe = _answering(SNSResponse.subscribe)
    response.confirm_subscription = _confirm


def _publishing(publish: Any) -> Any:
    def publish_and_note(self: Any, message: Any, subject: str | None = None, **more: Any) -> str:
        message = message if isinstance(message, str) else json.dumps(message)  # moto's SES gives a document
        message_id: str = publish(self, message, subject=subject, **more)
        del self.sent_notifications[:-KEPT_NOTIFICATIONS]
        endpoints = [s.endpoint for s in self.sns_backend._get_topic_subscriptions(self)]
        _note(self, "publish", endpoints, subject, "published", message)
        return message_id

    return publish_and_note


def _texting(publish: Any) -> Any:
    def publish_and_note(self: Any, message: str, arn: str | None, phone_number: str | None = None, **more: Any) -> str:
        message_id: str = publish(self, message, arn, phone_number=phone_number, **more)
        if phone_number:
            _add(self.account_id, self.region_name, "sms", "", [phone_number], "", "stored", message)
        return message_id

    return publish_and_note


def _publish(
    self: Any,
    message: str,
    message_id: str,
    subject: str | None = None,
    message_attributes: dict[str, Any] | None = None,
    group_id: str | None = None,
    deduplication_id: str | None = None,
    message_structure: str | None = None,
) -> None:
    """Hand a message to a subscription, unless its filter keeps it back or nobody has confirmed it."""
    matcher = self._filter_policy_matcher
    if matcher is not None and not matcher.matches(message_attributes, message):
        return
    if self.attributes.get("PendingConfirmation") in _TRUE:
        return
    if message_structure == "json":
        message = self._parse_message_structure(message, self.protocol)
    raw = self.attributes.get("RawMessageDelivery") in _TRUE
    if self.protocol == "sqs":
        _put_in_queue(self, message, message_id, subject, message_attributes, group_id, deduplication_id, raw)
    elif self.protocol in ("http", "https"):
        data = None if raw else _post_data(self, message, message_id, subject, message_attributes)
        _post(self, "Notification", message if data is None else json.dumps(data), message_id, subject, raw=raw)
    elif self.protocol == "lambda":
        _invoke(self, message, message_id, subject, message_attributes)
    elif self.protocol == "email-json":
        text = json.dumps(_post_data(self, message, message_id, subject, message_attributes), indent=2)
        _mail(self, text, message_id, subject)
    elif self.protocol == "email":
        _mail(self, message, message_id, subject)
    else:
        _note(self.topic, self.protocol, [self.endpoint], subject, "stored", message)


def _put_in_queue(
    self: Any,
    message: str,
    message_id: str,
    subject: str | None,
    attributes: dict[str, Any] | None,
    group_id: str | None,
    deduplication_id: str | None,
    raw: bool,
) -> None:
    from moto.sqs.exceptions import QueueDoesNotExist
    from moto.sqs.models import sqs_backends

    _, _, _, region, account, name = self.endpoint.split(":")
    text, given = message, None
    if raw:
        given = {key: _queue_attribute(value) for key, value in (attributes or {}).items()}
    else:
        text = json.dumps(_post_data(self, message, message_id, subject, attributes), indent=2)
    more: dict[str, Any] = {"group_id": group_id, "deduplication_id": deduplication_id, "validate_group_id": False}
    try:
        sqs_backends[account][region].send_message(name, text, message_attributes=given, **more)
    except QueueDoesNotExist:  # as on AWS, the publisher never hears of it
        _note(self.topic, "sqs", [self.endpoint], subject, "failed: there is no such queue", message)


def _queue_attribute(value: dict[str, Any]) -> dict[str, Any]:
    kind = value["Type"]
    name = "BinaryValue" if kind.startswith("Binary") else "StringValue"
    return {"DataType": kind, name: value["Value"] if name == "BinaryValue" else str(value["Value"])}


def _post_data(
    self: Any, message: str, message_id: str, subject: str | None, message_attributes: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Return a message as subscribers get it that did not ask for it raw."""
    region = self.topic.sns_backend.region_name
    query = urlencode({"Action": "Unsubscribe", "SubscriptionArn": self.arn})
    data = {
        "Type": "Notification",
        "MessageId": message_id,
        "TopicArn": self.topic.arn,
        **({"Subject": subject} if subject else {}),
        "Message": message,
        "Timestamp": _now(),
    }
    data = _signed(self.topic, data)
    data["UnsubscribeURL"] = f"https://sns.{region}.amazonaws.com/?{query}"
    if message_attributes:
        data["MessageAttributes"] = message_attributes
    return data


def _signed(topic: Any, data: dict[str, Any]) -> dict[str, Any]:
    # moto gives certificates out from its own account
    from moto.core.models import DEFAULT_ACCOUNT_ID
    from moto.sns.models import sns_backends

    version = str(getattr(topic, "SignatureVersion", None) or getattr(topic, "signature_version", None) or "1")
    return signed(data, sns_backends[DEFAULT_ACCOUNT_ID][topic.sns_backend.region_name], version)


def _post(self: Any, kind: str, body: str, message_id: str, subject: str | None, *, raw: bool = False) -> None:
    headers = {
        "Content-Type": "text/plain; charset=UTF-8",
        "User-Agent": "Amazon Simple Notification Service Agent",
        "x-amz-sns-message-type": kind,
        "x-amz-sns-message-id": message_id,
        "x-amz-sns-topic-arn": self.topic.arn,
    }
    if kind == "Notification":
        headers["x-amz-sns-subscription-arn"] = self.arn
    if raw:
        headers["x-amz-sns-rawdelivery"] = "true"
    entry = _note(self.topic, self.protocol, [self.endpoint], subject or kind, "waiting", body)
    _deliver({"kind": "http", "url": self.endpoint, "headers": headers, "body": body}, entry)


def _invoke(self: Any, message: str, message_id: str, subject: str | None, attributes: dict[str, Any] | None) -> None:
    data = _post_data(self, message, message_id, subject, attributes)
    names = {"SigningCertURL": "SigningCertUrl", "UnsubscribeURL": "UnsubscribeUrl"}  # as functions see them
    told = {names.get(key, key): value for key, value in data.items()}
    told = {"Subject": None, "MessageAttributes": {}, **told}
    record = {"EventVersion": "1.0", "EventSubscriptionArn": self.arn, "EventSource": "aws:sns", "Sns": told}
    entry = _note(self.topic, "lambda", [self.endpoint], subject, "waiting", message)
    _deliver({"kind": "lambda", "function": self.endpoint, "payload": json.dumps({"Records": [record]})}, entry)


def _mail(self: Any, text: str, message_id: str, subject: str | None) -> None:
    mail = mails.notification(self.topic, self.endpoint, subject, text, time.time(), message_id)
    _note(self.topic, self.protocol, [self.endpoint], subject, "stored", text, mail)


def _subscribing(subscribe: Any) -> Any:
    def subscribe_and_ask(self: Any, topic_arn: str, endpoint: str, protocol: str) -> Any:
        if protocol in _UNKNOWN:
            raise SNSInvalidParameter(f"Invalid parameter: Protocol `{protocol}` is not built.")
        if protocol in ("http", "https"):
            _check_endpoint(endpoint, protocol)
        known = set(self.subscriptions)
        subscription = subscribe(self, topic_arn, endpoint, protocol)
        if protocol in ("http", "https") and (
            subscription.arn not in known or subscription.attributes.get("PendingConfirmation") in _TRUE
        ):
            _ask(subscription)
        return subscription

    return subscribe_and_ask


def _check_endpoint(endpoint: str, protocol: str) -> None:
    if not endpoint.startswith(f"{protocol}://"):
        raise SNSInvalidParameter("Invalid parameter: Endpoint must match the specified protocol")
    if reason := webhooks.refusal(endpoint):
        raise SNSInvalidParameter(
            f"Invalid parameter: Endpoint `{endpoint}`: {reason}.\n"
            "hint: name its host or network in SAGEWRIGHT_DELIVER_TO, or subscribe a queue of SQS."
        )


def _ask(subscription: Any) -> None:
    """Send the message that asks for confirmation."""
    subscription.attributes.update(PendingConfirmation=True, ConfirmationWasAuthenticated=False)
    subscription.token = subscription.__dict__.get("token") or uuid.uuid4().hex * 8
    topic, message_id = subscription.topic, str(uuid.uuid4())
    query = urlencode({"Action": "ConfirmSubscription", "TopicArn": topic.arn, "Token": subscription.token})
    text = (
        f"You have chosen to subscribe to the topic {topic.arn}.\n"
        "To confirm the subscription, call ConfirmSubscription with the token of this message."
    )
    data = {
        "Type": "SubscriptionConfirmation",
        "MessageId": message_id,
        "Token": subscription.token,
        "TopicArn": topic.arn,
        "Message": text,
        "SubscribeURL": f"https://sns.{topic.sns_backend.region_name}.amazonaws.com/?{query}",
        "Timestamp": _now(),
    }
    _post(subscription, "SubscriptionConfirmation", json.dumps(_signed(topic, data)), message_id, None)


def _answering(subscribe: Any) -> Any:
    def answer(self: Any) -> Any:
        done = subscribe(self)
        subscription = self.backend.subscriptions[done.result["SubscriptionArn"]]
        pending = subscription.attributes.get("PendingConfirmation") in _TRUE
        if pending and self._get_param("ReturnSubscriptionArn") not in _TRUE:
            return ActionResult({"SubscriptionArn": "pending confirmation"})
        return done

    return answer


def _confirm(self: Any) -> Any:
    """Confirm a subscription by its token, as often as one likes."""
    topic, token = self._get_param("TopicArn"), self._get_param("Token")
    if topic not in self.backend.topics:
        raise SNSNotFoundError("Topic does not exist")
    for subscription in self.backend.subscriptions.values():
        if subscription.topic.arn == topic and token and subscription.__dict__.get("token") == token:
            authenticated = self._get_param("AuthenticateOnUnsubscribe") in _TRUE
            subscription.attributes.update(PendingConfirmation=False, ConfirmationWasAuthenticated=authenticated)
            return ActionResult({"SubscriptionArn": subscription.arn})
    raise SNSInvalidParameter("Invalid parameter: Token")


def _note(
    topic: Any,
    kind: str,
    recipients: list[str],
    subject: str | None,
    status: str,
    body: str,
    mail: bytes | None = None,
) -> int | None:
    account, region = topic.account_id, topic.sns_backend.region_name
    return _add(account, region, kind, topic.arn, recipients, subject or "", status, body, mail)


def _add(
    account: str,
    region: str,
    kind: str,
    source: str,
    recipients: list[str],
    subject: str,
    status: str,
    body: str,
    mail: bytes | None = None,
) -> int | None:
    connection, home = sharing.under_way()
    entry = outbox.Entry(time.time(), "sns", account, region, kind, source, recipients, subject, status, body)
    return outbox.add(connection, home, entry, mail)


def _deliver(work: dict[str, Any], entry: int | None) -> None:
    connection, _ = sharing.under_way()
    pending.add(connection, work, time.time(), entry)
    sharing.ring_afterwards()


def _now() -> str:
    from moto.core.utils import iso_8601_datetime_with_milliseconds

    return str(iso_8601_datetime_with_milliseconds())
