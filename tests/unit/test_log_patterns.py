"""Filter patterns; most cases are the service's own examples (CloudWatch Logs User Guide)."""

from __future__ import annotations

import json
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagewright.engine.operations.logs.patterns import compiled, expressions
from sagewright.vocabulary.errors import ApiError

LINE = '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534'
TRAIL = json.dumps(
    {
        "eventType": "UpdateTrail",
        "sourceIPAddress": "111.111.111.111",
        "arrayKey": ["value", "another value"],
        "objectList": [{"name": "a", "id": 1}, {"name": "b", "id": 2}],
        "SomeObject": None,
        "ThisFlag": True,
        "latency": 55.5,
        "text": "12",
        "a.b": 5,
    }
)
USERS = json.dumps(
    {
        "user": {"id": 1, "email": "John.Stiles@example.com"},
        "users": [{"id": 2, "email": "John.Doe@example.com"}, {"id": 3, "email": "Jane.Doe@example.com"}],
        "actions": ["GET", "PUT", "DELETE"],
        "coordinates": [[0, 1, 2], [4, 5, 6], [7, 8, 9]],
    }
)


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("", "1234"),
        ("  ", "1234"),
        ("ERROR", "124"),
        ("ERROR WARN", "1"),
        ("ERROR -WARN", "24"),
        ("?ERROR ?WARN", "1234"),
        ("?message ERROR", "124"),
        ('"ERROR m"', "2"),
        ('-"ERROR m" WARN', "13"),
        ("%W[A-Z]{3} m%", "13"),
        ("%^ERROR% %CODE$%", ""),
        ("%ODE: -1$%", "4"),
        ('ERROR - "Exiting"', "12"),
        ("error", ""),
    ],
)
def test_terms(pattern, found):
    messages = ["ERROR WARN message", "ERROR message", "WARN message", "Exiting with ERRORCODE: -1"]
    matches = compiled(pattern).matches
    assert "".join(str(n) for n, message in enumerate(messages, start=1) if matches(message)) == found


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ('{ $.eventType = "UpdateTrail" }', True),
        ("{ $.eventType = UpdateTrail }", True),
        ("{ $.eventType = Update* }", True),
        ('{ $.eventType = "*Trail" }', True),
        ("{ $.eventType = *date* }", True),
        ("{ $.eventType = Up*Trail }", False),
        ("{ $.sourceIPAddress != 123.123.* }", True),
        ("{ $.sourceIPAddress != 111.111.* }", False),
        ('{ $.arrayKey[0] = "value" }', True),
        ('{ $.arrayKey[*] = "another value" }', True),
        ("{ $.arrayKey[7] = x }", False),
        ("{ $.objectList[1].id = 2 }", True),
        ("{ $.objectList[*].id = 3 }", False),
        ("{ $.SomeObject IS NULL }", True),
        ("{ $.eventType IS NULL }", False),
        ("{ $.SomeOtherObject IS NULL }", False),
        ("{ $.SomeOtherObject NOT EXISTS }", True),
        ("{ $.SomeObject NOT EXISTS }", False),
        ("{ $.ThisFlag IS TRUE }", True),
        ("{ $.ThisFlag IS FALSE }", False),
        ("{ $.arrayKey = 1 }", False),
        ("{ $.arrayKey != 1 }", False),
        ("{ $.SomeOtherObject != 1 }", False),
        ("{ $.latency >= 55.5 }", True),
        ("{ $.latency < 10e-3 }", False),
        ("{ $.latency > +55 && $.latency <= 5.6e1 }", True),
        ("{ $.text > 11 }", True),
        ("{ $.eventType > 11 }", False),
        ("{ $.latency = * }", True),
        ("{ $.sourceIPAddress = %111\\.111\\.1[0-9]{1,2}% }", True),
        ("{ $.['a.b'] = 5 }", True),
        ('{ $.["a.b"] = 5 }', True),
    ],
)
def test_documents(pattern, expected):
    assert compiled(pattern).matches(TRAIL) is expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ('{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }', True),
        ('{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }', False),
        ("{ $.user.id = 1 || $.coordinates[0][1] = nonmatch && $.actions[2] = nomatch }", True),
        ("{ ($.user.id = 1 || $.coordinates[0][1] = nonmatch) && $.actions[2] = nomatch }", False),
        ("{ $.coordinates[0][1] = 1 }", True),
    ],
)
def test_conditions_are_joined(pattern, expected):
    assert compiled(pattern).matches(USERS) is expected


@pytest.mark.parametrize("message", ["", "no json", "{", "[1, 2", "1", '{"a": NaN}', "[" * 100_000])
def test_what_is_no_document_has_no_properties(message):
    assert not compiled("{ $.a NOT EXISTS }").matches(message)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("[ip, user, username, timestamp, request, status_code, bytes]", True),
        ("[ip, user, username, timestamp, request, status_code]", False),
        ("[..., status_code, bytes]", True),
        ("[ip, user, ..., status_code = 404, bytes]", True),
        ("[ip, user, ...]", True),
        ("[ip, user, username, timestamp, request, status_code, bytes > 2000]", False),
        ("[ip, user, username, timestamp, request = *html*, status_code = 4*, bytes]", True),
        ("[ip, user, username, timestamp, request, status_code = 4* && bytes > 1000]", False),
        ("[ip, user, username, timestamp, request, status_code = 4* && status_code != 404, bytes]", False),
        ("[ip, user, username, timestamp, request, status_code = 200 || status_code = 404, bytes]", True),
        ('[ip, user, username, timestamp = "10/Oct/2000:13:25:15 -0700", ...]', True),
        ("[ip = %127\\.0\\.0\\.[0-9]%, ...]", True),
        ("[ip=!10.*, ...]", True),
        ("[]", False),
    ],
)
def test_columns(pattern, expected):
    if "status_code = 4* && bytes" in pattern:
        with pytest.raises(ApiError, match="more than one column"):
            compiled(pattern)
        return
    assert compiled(pattern).matches(LINE) is expected


def test_values_have_the_names_that_the_pattern_gives():
    assert compiled("[..., request=*.html*, status_code=4*,]").values(LINE) == {
        "$1": "127.0.0.1",
        "$2": "-",
        "$3": "frank",
        "$4": "10/Oct/2000:13:25:15 -0700",
        "$request": "GET /index.html HTTP/1.0",
        "$status_code": "404",
        "$7": "1534",
    }
    assert compiled("{ $.latency = * && $.ThisFlag IS TRUE }").values(TRAIL) == {
        "$.latency": "55.5",
        "$.ThisFlag": "true",
    }
    assert compiled("{ $.latency = * }").value(TRAIL, "$.objectList[1].name") == "b"
    assert compiled("[..., bytes]").value(LINE, "$bytes") == "1534"
    assert compiled("GET").values(LINE) == {}


@pytest.mark.parametrize(
    "pattern",
    [
        *(
            "{ $.a }",
            "{ a = 1 }",
            "{ $.a = 1",
            "{ $.a > x }",
            "{ ($.a = 1 }",
            "{ $.a = 1 && }",
            "{ $.a LIKE 1 }",
            "{ $ = 1 }",
        ),
        *(
            "{ $.a[*].b[*] = 1 }",
            "[a",
            "[a > b]",
            "[..., ...]",
            "[a = 1 || b = 2]",
            "a!",
            '"a',
            "%a(b)%",
            "%a!%",
            "%[%",
        ),
        "{ " + "(" * 200 + "$.a = 1" + ")" * 200 + " }",
    ],
)
def test_what_is_no_pattern_is_refused(pattern):
    with pytest.raises(ApiError, match="InvalidParameterException: Invalid filter pattern"):
        compiled(pattern)


@given(st.text(alphabet='{}[]()$.ab12="\\%&|!<>*?-, …', max_size=40), st.sampled_from([LINE, TRAIL, "", "a b"]))
def test_whatever_the_pattern_it_is_refused_or_answers(pattern, message):
    try:
        found = compiled(pattern)
    except ApiError:
        return
    assert found.matches(message) in (True, False)
    found.values(message)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", "[ab]", "[^a]", ".", "\\d", "\\."]),
            st.sampled_from(["", "*", "+", "?", "{2}", "{1,}", "{0,2}"]),
        ).map("".join)
        | st.just("|"),
        max_size=6,
    ).map("".join),
    st.tuples(st.sampled_from(["", "^"]), st.sampled_from(["", "$"])),
    st.lists(st.text("ab1.", max_size=8), max_size=5),
)
def test_expressions_find_what_python_s_do(middle, ends, texts):
    expression = ends[0] + middle + ends[1]
    if not expression:
        return
    automaton, python = expressions._Automaton(expression), re.compile(expression, re.ASCII | re.DOTALL)
    for text in texts:
        assert automaton.found(text) == (python.search(text) is not None), (expression, text)


@pytest.mark.parametrize("pattern", ["%.*.*.*.*.*.*.*x%", "%a*a*a*a*a*a*a*b%", "%[a-z]+[a-z]+[a-z]+[a-z]+[a-z]+1%"])
def test_no_pattern_takes_for_ever(pattern):
    begun = time.perf_counter()
    try:
        compiled(pattern).matches("a" * 100_000)
    except ApiError:
        return
    assert time.perf_counter() - begun < 2
