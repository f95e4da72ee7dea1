"""What becomes of messages that are published and mailed."""

from __future__ import annotations

import base64
import contextlib
import email
import http.server
import io
import json
import socket
import threading
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.exceptions import ClientError
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from sagewright.cli import main
from sagewright.engine.engine import engine_of
from sagewright.engine.gateway.hybrid import answer, outbox, pending, webhooks
from sagewright.engine.gateway.hybrid.delivering import deliver
from sagewright.engine.gateway.hybrid.pending import DeliveryFailed
from sagewright.engine.gateway.wire import Headers, HttpRequest, Peer
from sagewright.engine.parts import Caller
from sagewright.engine.steward.deliveries import DeliveryReconciler
from sagewright.vocabulary.errors import ApiError
from tests.unit.hybrid import clients_of, forget


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setattr("sagewright.engine.steward.bell.Bell.ring", lambda self: None)
    yield tmp_path
    forget()


@pytest.fixture
def client(home):
    return clients_of(home)


@pytest.fixture
def topic(client):
    return client("sns").create_topic(Name="news")["TopicArn"]


class Endpoint:
    """An HTTP server that keeps what it gets."""

    def __init__(self):
        self.got: list[tuple[dict[str, str], str]] = []
        self.answers: list[int] = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                outer.got.append((dict(self.headers), body.decode()))
                self.send_response(outer.answers.pop(0) if outer.answers else 200)
                self.send_header("location", "http://169.254.169.254/")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?x=1"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def endpoint():
    made = Endpoint()
    yield made
    made.close()


@pytest.fixture
def round_of(home):
    """Run the steward's loop once; return the status of the newest entry."""
    reconciler = DeliveryReconciler(engine_of(home).parts, deliver)

    def run():
        busy = reconciler.tick()
        reconciler.settle(20)
        return busy

    return run


def status_of(home, kind):
    return [entry.status for entry in outbox.entries(home) if entry.kind == kind]


def test_a_topic_writes_mails_to_the_outbox(home, client, topic):
    client("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint="me@example.com")
    client("sns").subscribe(TopicArn=topic, Protocol="email-json", Endpoint="log@example.com")
    client("sns").publish(TopicArn=topic, Subject="Job done", Message="It took 3 s.")
    published, *mailed = sorted(outbox.entries(home), key=lambda entry: entry.kind != "publish")
    assert (published.source, published.recipients, published.status) == (
        topic,
        ["me@example.com", "log@example.com"],
        "published",
    )
    mails: list[Any] = [email.message_from_bytes(outbox.mail_of(home, e.number).read_bytes()) for e in mailed]
    plain, document = mails
    assert (plain["To"], plain["Subject"]) == ("me@example.com", "Job done")
    assert plain["From"] == "news <no-reply@sns.amazonaws.com>"
    assert plain.get_payload().startswith("It took 3 s.")
    assert json.loads(document.get_payload(decode=True))["Message"] == "It took 3 s."
    assert [e.status for e in mailed] == ["stored", "stored"]


def test_text_messages_go_to_the_outbox(home, client, topic):
    client("sns").subscribe(TopicArn=topic, Protocol="sms", Endpoint="+491701234567")
    client("sns").publish(TopicArn=topic, Message="a")
    client("sns").publish(PhoneNumber="+491709999999", Message="b")
    sent = [(e.recipients, e.body) for e in outbox.entries(home) if e.kind == "sms"]
    assert sent == [(["+491701234567"], "a"), (["+491709999999"], "b")]


def test_a_filter_keeps_messages_back(home, client, topic):
    policy = json.dumps({"level": ["error"]})
    client("sns").subscribe(
        TopicArn=topic, Protocol="email", Endpoint="me@example.com", Attributes={"FilterPolicy": policy}
    )
    for level in ("info", "error"):
        attributes = {"level": {"DataType": "String", "StringValue": level}}
        client("sns").publish(TopicArn=topic, Message=level, MessageAttributes=attributes)
    assert [e.body for e in outbox.entries(home) if e.kind == "email"] == ["error"]


def test_each_protocol_gets_its_own_text(home, client, topic):
    client("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint="me@example.com")
    text = json.dumps({"default": "d", "email": "for mail"})
    client("sns").publish(TopicArn=topic, Message=text, MessageStructure="json")
    assert [e.body for e in outbox.entries(home) if e.kind == "email"] == ["for mail"]


def test_an_endpoint_confirms_and_gets_messages_that_are_signed(home, client, topic, endpoint, round_of):
    sns = client("sns")
    assert sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=endpoint.url)["SubscriptionArn"] == (
        "pending confirmation"
    )
    sns.publish(TopicArn=topic, Message="before")
    forget()
    round_of()
    ((headers, body),) = endpoint.got
    asked = json.loads(body)
    assert (headers["x-amz-sns-message-type"], asked["Type"]) == ("SubscriptionConfirmation",) * 2
    with pytest.raises(ClientError, match="Token"):
        sns.confirm_subscription(TopicArn=topic, Token="wrong")
    arn = sns.confirm_subscription(TopicArn=topic, Token=asked["Token"])["SubscriptionArn"]
    assert sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]["PendingConfirmation"] == "false"

    sns.publish(TopicArn=topic, Subject="s", Message="after")
    assert status_of(home, "http")[-1] == "waiting"
    round_of()
    headers, body = endpoint.got[1]
    message = json.loads(body)
    assert (message["Message"], message["Subject"], headers["x-amz-sns-subscription-arn"]) == ("after", "s", arn)
    assert arn.replace(":", "%3A") in message["UnsubscribeURL"]
    assert status_of(home, "http")[-1] == "delivered"
    assert not pending.count(home)
    verify(home, message)


def verify(home, message):
    """Check a signature as a subscriber does, with the certificate at the message's URL."""
    from moto.sns.models import sns_backends

    name = message["SigningCertURL"].rpartition("/")[2]
    pem = sns_backends["123456789012"]["us-east-1"]._message_public_keys[name]
    key: Any = x509.load_pem_x509_certificate(pem).public_key()
    names = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
    text = "".join(f"{name}\n{message[name]}\n" for name in names)
    key.verify(base64.b64decode(message["Signature"]), text.encode(), padding.PKCS1v15(), hashes.SHA1())


def test_an_endpoint_that_fails_is_tried_again(home, client, topic, endpoint, round_of, monkeypatch):
    monkeypatch.setattr(pending, "RETRY_AFTER_S", (0.0, 0.0, 0.0))
    endpoint.answers = [500, 503, 200]
    client("sns").subscribe(TopicArn=topic, Protocol="http", Endpoint=endpoint.url)
    round_of()
    assert status_of(home, "http") == ["waiting: the endpoint answered 500"]
    assert round_of()
    round_of()
    assert (status_of(home, "http"), len(endpoint.got)) == (["delivered"], 3)


@pytest.mark.parametrize(
    ("answers", "tries", "status"),
    [([500] * 9, 4, "failed: the endpoint answered 500"), ([302], 1, "failed: the endpoint answered 302")],
)
def test_an_endpoint_that_goes_on_failing_is_given_up(
    home, client, topic, endpoint, round_of, monkeypatch, answers, tries, status
):
    """And a redirection is not followed."""
    monkeypatch.setattr(pending, "RETRY_AFTER_S", (0.0, 0.0, 0.0))
    endpoint.answers = answers
    client("sns").subscribe(TopicArn=topic, Protocol="http", Endpoint=endpoint.url)
    for _ in range(6):
        round_of()
    assert (status_of(home, "http"), len(endpoint.got)) == ([status], tries)
    assert not pending.count(home)


@pytest.mark.parametrize(
    ("url", "protocol"),
    [
        ("https://example.com/a", "https"),
        ("http://169.254.169.254/latest", "http"),
        ("http://10.0.0.1/", "http"),
        ("http://[::ffff:10.0.0.1]/", "http"),
        ("http://user:word@localhost/", "http"),
        ("http://0.0.0.0/", "http"),
        ("ftp://localhost/", "http"),
    ],
)
def test_endpoints_elsewhere_are_refused(client, topic, url, protocol):
    with pytest.raises(ClientError, match="InvalidParameter"):
        client("sns").subscribe(TopicArn=topic, Protocol=protocol, Endpoint=url)


def test_the_operator_may_allow_hosts_and_networks(monkeypatch):
    monkeypatch.setenv("SAGEWRIGHT_DELIVER_TO", "10.1.0.0/16, hooks.example.com")
    assert webhooks.refusal("http://10.1.2.3/") is None
    assert webhooks.refusal("https://hooks.example.com/x") is None
    assert webhooks.refusal("http://10.2.0.1/") == "`10.2.0.1` is not one of the allowed addresses"


def test_a_name_that_leads_elsewhere_is_not_followed(monkeypatch):
    """`localhost` is let, but not to wherever it may point."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(DeliveryFailed, match="is at 10.0.0.1") as caught:
        webhooks.send("http://localhost/", {}, b"")
    assert not caught.value.again


def test_subscribed_queues_get_raw_messages_or_whole_ones(client, topic):
    arns = {}
    for name, raw in (("raw", "true"), ("whole", "false")):
        url = client("sqs").create_queue(QueueName=name)["QueueUrl"]
        arn = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        subscribed = client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)["SubscriptionArn"]
        client("sns").set_subscription_attributes(
            SubscriptionArn=subscribed, AttributeName="RawMessageDelivery", AttributeValue=raw
        )
        arns[name] = url
    client("sns").publish(
        TopicArn=topic, Message="m", MessageAttributes={"n": {"DataType": "Number", "StringValue": "3"}}
    )
    raw, whole = (
        client("sqs").receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"][0]
        for url in arns.values()
    )
    assert (raw["Body"], raw["MessageAttributes"]["n"]["StringValue"]) == ("m", "3")
    assert json.loads(whole["Body"])["MessageAttributes"] == {"n": {"Type": "Number", "Value": "3"}}


def send(client, operation, **params):
    return getattr(client("ses"), operation)(Source="Me <me@example.com>", **params)


def test_mails_of_ses_are_files(home, client):
    client("ses").verify_email_identity(EmailAddress="me@example.com")
    body = {"Text": {"Data": "plain ü"}, "Html": {"Data": "<b>bold</b>"}}
    send(
        client,
        "send_email",
        Destination={"ToAddresses": ["a@example.com"], "BccAddresses": ["b@example.com"]},
        Message={"Subject": {"Data": "ä\r\nBcc: x@example.com"}, "Body": body},
        ReplyToAddresses=["r@example.com"],
    )
    (entry,) = outbox.entries(home)
    assert entry.recipients == ["a@example.com", "b@example.com"]
    data = outbox.mail_of(home, entry.number).read_bytes()
    mail: Any = email.message_from_bytes(data, policy=email.policy.default)
    assert (mail["To"], mail["Reply-To"], mail["Subject"]) == ("a@example.com", "r@example.com", "ä Bcc: x@example.com")
    assert mail["Bcc"] is None
    assert body_of(mail, "plain").get_content().strip() == "plain ü"
    assert body_of(mail, "html").get_content().strip() == "<b>bold</b>"


def body_of(mail, kind):
    body = mail.get_body((kind,))
    assert body is not None
    return body


def test_templates_are_filled(home, client):
    client("ses").verify_email_identity(EmailAddress="me@example.com")
    client("ses").create_template(
        Template={"TemplateName": "t", "SubjectPart": "Hi {{name}}", "TextPart": "You, {{name}}", "HtmlPart": "<i/>"}
    )
    send(
        client,
        "send_templated_email",
        Destination={"ToAddresses": ["a@example.com"]},
        Template="t",
        TemplateData='{"name": "Ada"}',
    )
    destinations = [{"Destination": {"ToAddresses": ["b@example.com"]}, "ReplacementTemplateData": '{"name": "Bob"}'}]
    send(client, "send_bulk_templated_email", Destinations=destinations, Template="t", DefaultTemplateData="{}")
    assert [(e.subject, e.body.strip()) for e in outbox.entries(home)] == [
        ("Hi Ada", "You, Ada"),
        ("Hi Bob", "You, Bob"),
    ]


def test_raw_mails_are_kept_as_they_are(home, client):
    client("ses").verify_email_identity(EmailAddress="me@example.com")
    raw = b"From: me@example.com\r\nTo: a@example.com\r\nSubject: raw\r\nX-Own: 1\r\n\r\nbody\r\n"
    client("ses").send_raw_email(RawMessage={"Data": raw})
    client("sesv2").send_email(
        FromEmailAddress="me@example.com",
        Destination={"ToAddresses": ["c@example.com"]},
        Content={"Simple": {"Subject": {"Data": "two"}, "Body": {"Text": {"Data": "t"}}}},
    )
    first, second = outbox.entries(home)
    assert outbox.mail_of(home, first.number).read_bytes() == raw
    assert (second.service, second.recipients, second.subject) == ("sesv2", ["c@example.com"], "two")


def test_a_topic_hears_of_mails_that_come_back(home, client, topic):
    client("ses").verify_domain_identity(Domain="example.com")
    client("ses").set_identity_notification_topic(Identity="example.com", NotificationType="Bounce", SnsTopic=topic)
    client("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint="me@example.com")
    message = {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}
    to = {"ToAddresses": ["bounce@simulator.amazonses.com"]}
    client("ses").send_email(Source="a@example.com", Destination=to, Message=message)
    (told,) = [entry for entry in outbox.entries(home) if entry.service == "sns" and entry.kind == "email"]
    assert "bounce" in json.loads(told.body)


def test_a_mail_that_is_refused_is_not_in_the_outbox(home, client):
    with pytest.raises(ClientError, match="MessageRejected"):
        send(client, "send_email", Destination={}, Message={"Subject": {"Data": "s"}, "Body": {}})
    assert outbox.entries(home) == []


def test_the_command_line_lists_shows_and_clears(home, client, topic, capsys, monkeypatch):
    monkeypatch.setenv("SAGEWRIGHT_HOME", str(home))
    client("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint="me@example.com")
    client("sns").publish(TopicArn=topic, Subject="done", Message="text")
    assert main(["outbox"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith(f"sns email  stored  {topic} -> me@example.com: done")
    assert main(["outbox", "list", "--json", "--limit", "1"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["kind"], document["subject"], document["status"]) == ("publish", "done", "published")
    assert main(["outbox", "show", "1"]) == 0
    assert "To: me@example.com\n" in capsys.readouterr().out
    assert main(["outbox", "show", "9"]) == 2
    assert capsys.readouterr().err.endswith("hint: `sagewright outbox` lists them\n")
    assert main(["outbox", "clear"]) == 0
    assert capsys.readouterr().out == "removed 2 messages\n"
    assert outbox.entries(home) == []
    assert not outbox.mail_of(home, 1).exists()


def test_queues_have_addresses_at_the_server_that_was_asked(home):
    caller = Caller("210987654321", "us-east-1", "arn:aws:iam::210987654321:root", "210987654321")

    def ask(operation, peer=None, **params):
        headers = Headers({"x-amz-target": f"AmazonSQS.{operation}", "content-type": "application/x-amz-json-1.0"})
        body = io.BytesIO(json.dumps(params).encode())
        request = HttpRequest("POST", "/", "", "localhost:8123", headers, body, "sqs", operation, peer)
        return json.loads(b"".join(answer("sqs", request, home, caller).pieces()))

    made = ask("CreateQueue", Peer("127.0.0.1"), QueueName="q")["QueueUrl"]
    assert made == "http://localhost:8123/210987654321/q"
    assert ask("GetQueueUrl", Peer("::1", secure=True), QueueName="q")["QueueUrl"] == made.replace("http:", "https:")
    text = "see https://sqs.us-east-1.amazonaws.com/123456789012/x"
    ask("SendMessage", Peer("127.0.0.1"), QueueUrl=made, MessageBody=text)
    assert ask("ReceiveMessage", Peer("127.0.0.1"), QueueUrl=made)["Messages"][0]["Body"] == text
    assert ask("ListQueues")["QueueUrls"] == ["https://sqs.us-east-1.amazonaws.com/210987654321/q"]


def test_a_host_from_the_network_does_not_say_which_service_answers(home, client):
    """Nor does it lead to moto's own switches."""
    client("sqs").create_queue(QueueName="q")
    caller = Caller("123456789012", "us-east-1", "arn:aws:iam::123456789012:root", "123456789012")
    for host, path in (("motoapi.amazonaws.com", "/moto-api/reset"), ("sns.us-east-1.amazonaws.com", "/")):
        headers = Headers({"x-amz-target": "AmazonSQS.ListQueues", "content-type": "application/x-amz-json-1.0"})
        body, peer = io.BytesIO(b"{}"), Peer("127.0.0.1")
        request = HttpRequest("POST", path, "", host, headers, body, "sqs", "ListQueues", peer)
        with contextlib.suppress(ApiError):
            assert b"/q" in b"".join(answer("sqs", request, home, caller).pieces())
    assert client("sqs").list_queues()["QueueUrls"]


@pytest.mark.parametrize("form", [False, True])
def test_a_queue_is_polled_as_long_as_it_or_the_request_says(home, monkeypatch, form):
    pauses: list[float] = []
    monkeypatch.setattr("sagewright.engine.gateway.hybrid.time.sleep", pauses.append)
    monkeypatch.setattr("sagewright.engine.gateway.hybrid.time.monotonic", lambda: sum(pauses))
    caller = Caller("123456789012", "us-east-1", "arn:aws:iam::123456789012:root", "123456789012")

    def ask(operation, **params):
        headers, text = Headers({"x-amz-target": f"AmazonSQS.{operation}"}), json.dumps(params)
        if form:
            headers = Headers({"content-type": "application/x-www-form-urlencoded"})
            flat = {name: value for name, value in params.items() if name != "Attributes"}
            for number, (name, value) in enumerate(params.get("Attributes", {}).items(), start=1):
                flat.update({f"Attribute.{number}.Name": name, f"Attribute.{number}.Value": value})
            text = urlencode({"Action": operation, "Version": "2012-11-05", **flat})
        request = HttpRequest("POST", "/", "", "h", headers, io.BytesIO(text.encode()), "sqs", operation)
        pauses.clear()
        return answer("sqs", request, home, caller)

    ask("CreateQueue", QueueName="q", Attributes={"ReceiveMessageWaitTimeSeconds": "3"})
    url = "https://sqs.us-east-1.amazonaws.com/123456789012/q"
    for params, expected in (({}, 3.0), ({"WaitTimeSeconds": 1}, 1.0), ({"WaitTimeSeconds": 0}, 0.0)):
        assert ask("ReceiveMessage", QueueUrl=url, **params).status == 200
        assert sum(pauses) == pytest.approx(expected, abs=0.15)
    assert ask("ReceiveMessage", QueueUrl=url, WaitTimeSeconds=21).status == 400
    ask("SendMessage", QueueUrl=url, MessageBody="m")
    assert ask("ReceiveMessage", QueueUrl=url).status == 200
    assert pauses == []
