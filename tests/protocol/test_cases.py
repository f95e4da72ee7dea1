"""botocore's own protocol cases, run in reverse (see `cases.py`); what does not hold is named with its reason."""

from __future__ import annotations

import os
from collections.abc import Mapping
from fnmatch import fnmatchcase

import pytest

from tests.protocol import cases

FOLDER = os.environ.get("PROTOCOL_CASES")  # botocore's tests/unit/protocols; without it the committed cases

_CLIENT_OMITS = "The params hold None or an empty value, which a client leaves out: nothing of it reaches the wire."
_NO_BODY = "About compression; the case has no body (`test_wire_bounds.py` inflates real ones)."
_TOKEN = "The client makes the token up: the params are what was asked for, not what was sent."
_MAP_AND_NAMES = "The map takes what no member names; in the case the client gave the same value twice."
_ROOT = "The model names the root otherwise than the case does; botocore passes this case over."
_LENIENT = "The case is what a client must bear of older services; we write the current form."
_OTHER_FORM = "Says the same in another form, which botocore reads alike."
_BOTOCORE = "botocore does not read this case itself (its `protocol-tests-ignore-list.json`)."

# By the case's name, or a pattern.
INPUT_REASONS: Mapping[str, str] = {
    "AwsJson11StructuresDontSerializeNullValues": _CLIENT_OMITS,
    "RestJsonDoesntSerializeNullStructureValues": _CLIENT_OMITS,
    "RpcV2CborClientDoesntSerializeNullStructureValues": _CLIENT_OMITS,
    "RestJsonNullAndEmptyHeaders": _CLIENT_OMITS,
    "NullAndEmptyHeaders": _CLIENT_OMITS,
    "RestJsonOmitsNullQuery": _CLIENT_OMITS,
    "RestXmlOmitsNullQuery": _CLIENT_OMITS,
    "RestJsonOmitsEmptyListQueryValues": _CLIENT_OMITS,
    "RestJsonHttpPrefixHeadersAreNotPresent": _CLIENT_OMITS,
    "HttpPrefixHeadersAreNotPresent": _CLIENT_OMITS,
    "QueryEmptyQueryMaps": _CLIENT_OMITS,
    "RestJsonHttpWithEmptyStructurePayload": "An absent payload is sent as `{}`, which an empty one is, too.",
    "RestJsonHttpWithHeadersButNoPayload": "An absent payload is sent as `{}`, which an empty one is, too.",
    "AwsJson10EndpointTraitWithHostLabel": "A label of the host, which none of our services has.",
    "SDKApp*": _NO_BODY,
    "QueryProtocolIdempotencyTokenAutoFill": _TOKEN,
    "RestJsonQueryIdempotencyTokenAutoFill": _TOKEN,
    "QueryIdempotencyTokenAutoFill": _TOKEN,
    "RestJsonAllQueryStringTypes": _MAP_AND_NAMES,
    "RestJsonQueryStringEscaping": _MAP_AND_NAMES,
    "RestJsonSupportsNaNFloatQueryValues": _MAP_AND_NAMES,
    "RestJsonSupportsInfinityFloatQueryValues": _MAP_AND_NAMES,
    "RestJsonSupportsNegativeInfinityFloatQueryValues": _MAP_AND_NAMES,
    "RestJsonZeroAndFalseQueryValues": _MAP_AND_NAMES,
    "RestJsonQueryPrecedence": _MAP_AND_NAMES,
    "RestXmlQueryPrecedence": _MAP_AND_NAMES,
    "MediaTypeHeaderInputBase64": _BOTOCORE,
    "BodyWithXmlName": _ROOT,
    "RestXmlHttpPayloadWithUnion": _ROOT,
    "HttpPayloadWithXmlName*": _ROOT,
    "XmlAttributesOnPayload": _ROOT,
}
READ_REASONS: Mapping[str, str] = {
    "QueryXmlLists": _BOTOCORE,
    "XmlLists": _BOTOCORE,
    "RestJsonHttpPayloadTraitsWithNoBlobBody": _BOTOCORE,
    "HttpPayloadTraitsWithNoBlobBody": _BOTOCORE,
    "RestJsonHttpPayloadWithUnsetUnion": _BOTOCORE,
    "RestXmlHttpPayloadWithUnsetUnion": _BOTOCORE,
    "RestJsonInputAndOutputWithQuotedStringHeaders": _BOTOCORE,
    "RestJsonInputAndOutputWithTimestampHeaders": _BOTOCORE,
    "InputAndOutputWithTimestampHeaders": _BOTOCORE,
    "HttpPrefixHeadersResponse": "A map of all headers there are: ours include the request's id.",
}
WRITTEN_REASONS: Mapping[str, str] = {
    "QueryXmlLists": _BOTOCORE,
    "XmlLists": _BOTOCORE,
    "RestJsonHttpPayloadWithUnsetUnion": _BOTOCORE,
    "AwsJson11DateTimeWith*Offset": _OTHER_FORM + " Times are in UTC.",
    "AwsQueryDateTimeWith*Offset": _OTHER_FORM + " Times are in UTC.",
    "RestJsonDateTimeWith*Offset": _OTHER_FORM + " Times are in UTC.",
    "RestXmlDateTimeWith*Offset": _OTHER_FORM + " Times are in UTC.",
    "handles_empty_output_shape": _LENIENT,
    "handles_unexpected_json_output": _LENIENT,
    "AwsJson10HandlesEmptyOutputShape": _LENIENT,
    "AwsJson10HandlesUnexpectedJsonOutput": _LENIENT,
    "AwsJson11FooErrorUsing*": _LENIENT,
    "AwsJson10FooErrorUsing*": _LENIENT,
    "RestJsonFooErrorUsing*": _LENIENT,
    "RestJsonFooErrorWithDunderType*": _LENIENT,
    "AwsJson11FooErrorWithDunderTypeUriAndNamespace": _LENIENT,
    "AwsJson10FooErrorWithDunderTypeUriAndNamespace": _LENIENT,
    "AwsJson11IntEnums": "The case wants a request's header in an answer.",
    "AwsJson11DeserializeIgnoreType": _LENIENT,
    "AwsJson10DeserializeIgnoreType": _LENIENT,
    "RestJsonDeserializeIgnoreType": _LENIENT,
    "AwsJson10DeserializeAllowNulls": _LENIENT,
    "AwsJson11StructuresDontDeserializeNullValues": _LENIENT,
    "RestJsonDoesntDeserializeNullStructureValues": _LENIENT,
    "RestJsonDeserializesDenseSetMapAndSkipsNull": _LENIENT,
    "parses_the_request_id_from_the_response": "The request's id is ours.",
    "QueryEmptyInputAndEmptyOutput": _LENIENT,
    "QueryNoInputAndNoOutput": _LENIENT,
    "QueryNoInputAndOutput": _LENIENT,
    "QueryComplexError": _OTHER_FORM,
    "RestJsonEmptyInputAndEmptyOutputJsonObjectOutput": _LENIENT,
    "RestJsonGreetingWithErrors": _LENIENT,
    "RestJsonHttpResponseCode": _LENIENT,
    "RestJsonIgnoreQueryParamsInResponseNoPayload": _LENIENT,
    "MediaTypeHeaderOutputBase64": _BOTOCORE,
    "RestJsonNoInputAndOutputNoPayload": _LENIENT,
    "BodyWithXmlName": _ROOT,
    "InvalidGreetingError": "Holds an element that the model does not know.",
    "ComplexError": _OTHER_FORM,
    "RestXmlHttpResponseCode": _LENIENT,
    "empty_output_no_body": _LENIENT,
    "NoOutputClientAllowsEmpty*": _LENIENT,
    "RpcV2CborExtraFieldsInTheBodyShouldBeSkippedByClients": _LENIENT,
    "RpcV2CborPayloadWithUnsetUnion": "The body of the case is another's.",
}


def named(direction: str) -> list[object]:
    found = (case for case in cases.cases(direction, FOLDER) if case.protocol != "ec2")  # ec2 is moto's
    return [pytest.param(case, id=f"{case.protocol}-{case.name}") for case in found]


def judge(case: cases.Case, reasons: Mapping[str, str], problem: object) -> None:
    """Fail where a case does not hold and no reason is known, or where a reason has had its day."""
    reason = next((reason for pattern, reason in reasons.items() if fnmatchcase(case.name, pattern)), None)
    if reason is None:
        assert not problem
    else:
        assert problem, f"{case.name} holds now: take it out of the reasons"
        pytest.skip(reason)


@pytest.mark.parametrize("case", named("input"))
def test_what_a_case_sends_is_read(case):
    judge(case, INPUT_REASONS, _problem(lambda: cases.parsed(case), case.case.get("params")))


@pytest.mark.parametrize("case", named("output"))
def test_botocore_reads_what_a_case_answers(case):
    judge(case, READ_REASONS, _problem(lambda: cases.read_back(case, cases.rendered(case)), cases.expected(case)))


@pytest.mark.parametrize("case", named("output"))
def test_an_answer_is_the_case_own(case):
    judge(case, WRITTEN_REASONS, cases.differences(case, cases.rendered(case)))


def _problem(make, wanted) -> str:
    try:
        got = make()
    except Exception as error:  # noqa: BLE001 - the case fails, whatever it fails with
        return repr(error)
    return "" if got == wanted else f"{got}\ninstead of\n{wanted}"
