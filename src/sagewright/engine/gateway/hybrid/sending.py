"""SES and SESv2: what was accepted for sending goes to the outbox as a mail."""

from __future__ import annotations

import io
import json
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.policy import SMTP
from typing import Any

from sagewright.engine.gateway import models
from sagewright.engine.gateway.hybrid import mails, outbox, sharing
from sagewright.engine.gateway.protocols import codec_of
from sagewright.engine.gateway.wire import HttpRequest
from sagewright.engine.parts import Caller

_MAILS = {
    "ses": ("SendEmail", "SendRawEmail", "SendTemplatedEmail", "SendBulkTemplatedEmail"),
    "sesv2": ("SendEmail",),
}


@dataclass(frozen=True)
class _Sent:
    """A mail: who sends what to whom."""

    sender: str
    recipients: Mapping[str, Sequence[str]]
    subject: str
    text: str
    data: bytes


def is_mail(service: str, operation: str) -> bool:
    """Tell whether an operation sends mails."""
    return operation in _MAILS.get(service, ())


def note(service: str, request: HttpRequest, body: bytes, caller: Caller) -> None:
    """Put the mails of a request that moto has accepted into the outbox."""
    model = models.operation_model(service, request.operation)
    request = replace(request, body=io.BytesIO(body))
    params = codec_of(model, request).parse(request, model)
    connection, home = sharing.under_way()
    for sent in _mails(service, request.operation, params, caller):
        everybody = [address for addresses in sent.recipients.values() for address in addresses]
        entry = outbox.Entry(
            time.time(), service, caller.account, caller.region, "email", sent.sender, everybody, sent.subject,
            "stored", sent.text,
        )  # fmt: skip
        outbox.add(connection, home, entry, sent.data)


def _mails(service: str, operation: str, params: Mapping[str, Any], caller: Caller) -> Iterator[_Sent]:
    if service == "sesv2":
        yield _second_version(params)
    elif operation == "SendRawEmail":
        yield _raw(params["RawMessage"]["Data"], params.get("Source"), params.get("Destinations", ()))
    elif operation == "SendEmail":
        yield _simple(params["Source"], params.get("Destination", {}), params["Message"], _reply_to(params))
    elif operation == "SendTemplatedEmail":
        yield _templated(params, params.get("Destination", {}), params.get("TemplateData"), caller)
    else:
        for each in params["Destinations"]:
            data = each.get("ReplacementTemplateData") or params.get("DefaultTemplateData")
            yield _templated(params, each.get("Destination", {}), data, caller)


def _second_version(params: Mapping[str, Any]) -> _Sent:
    content, destination = params["Content"], params.get("Destination", {})
    if "Raw" in content:
        everybody = [address for addresses in destination.values() for address in addresses]
        return _raw(content["Raw"]["Data"], params.get("FromEmailAddress"), everybody)
    return _simple(params.get("FromEmailAddress", ""), destination, content["Simple"], _reply_to(params))


def _simple(
    sender: str, destination: Mapping[str, Any], message: Mapping[str, Any], headers: Mapping[str, str]
) -> _Sent:
    body = message["Body"]
    bodies = {kind: body[name]["Data"] for kind, name in (("plain", "Text"), ("html", "Html")) if name in body}
    more = {header["Name"]: header["Value"] for header in message.get("Headers", ())}
    return _made(sender, destination, message["Subject"]["Data"], bodies, {**headers, **more})


def _templated(params: Mapping[str, Any], destination: Mapping[str, Any], data: str | None, caller: Caller) -> _Sent:
    from moto.ses.models import ses_backends
    from moto.ses.template import parse_template

    template = ses_backends[caller.account][caller.region].templates[params["Template"]]
    values = json.loads(data or "{}")
    parts = {
        kind: parse_template(text, values)
        for kind, names in (("subject", _SUBJECT), ("plain", _TEXT), ("html", _HTML))
        if (text := next((template[name] for name in names if template.get(name)), None))
    }
    subject = parts.pop("subject", "")
    return _made(params["Source"], destination, subject, parts, _reply_to(params))


# moto keeps templates under the names of the version of SES that made them
_SUBJECT, _TEXT, _HTML = (
    ("subject_part", "SubjectPart", "Subject"),
    ("text_part", "TextPart", "Text"),
    ("html_part", "HtmlPart", "Html"),
)


def _made(
    sender: str, destination: Mapping[str, Any], subject: str, bodies: Mapping[str, str], headers: Mapping[str, str]
) -> _Sent:
    recipients = {name.removesuffix("Addresses"): tuple(addresses) for name, addresses in destination.items()}
    at, message_id = time.time(), str(uuid.uuid4())
    data = mails.mail(sender, recipients, subject, bodies, at=at, message_id=message_id, headers=headers)
    return _Sent(sender, recipients, subject, bodies.get("plain") or bodies.get("html", ""), data)


def _raw(data: bytes, sender: str | None, recipients: Sequence[str]) -> _Sent:
    message = message_from_bytes(data, policy=SMTP)
    headers = {name: [str(value)] for name in ("To", "Cc", "Bcc") if (value := message.get(name))}
    named = {"To": tuple(recipients)} if recipients else headers
    text = message.get_body(("plain", "html"))
    subject = str(message.get("Subject", ""))
    return _Sent(sender or str(message.get("From", "")), named, subject, text.get_content() if text else "", data)


def _reply_to(params: Mapping[str, Any]) -> dict[str, str]:
    return {"Reply-To": ", ".join(params["ReplyToAddresses"])} if params.get("ReplyToAddresses") else {}
