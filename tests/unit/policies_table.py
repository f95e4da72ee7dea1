"""The decision table of `test_policies_decisions.py`: what AWS's documentation says follows from which policies.

Each section names the page of the IAM User Guide it rests on. A case is: the rule, the policies, the question (as it
differs from `QUESTION`), and what follows: `allow`, `deny` (explicitly) or `none` (nothing allows it), and the kind of
policy that settles it.
"""

# fmt: off
# ruff: noqa: E501 - a row of the table is a line

from __future__ import annotations

from typing import Any, NamedTuple

ACCOUNT, OTHER = "123456789012", "999999999999"
USER = f"arn:aws:iam::{ACCOUNT}:user/team/ann"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/service/Job"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/Job/run-1"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
FOREIGN = f"arn:aws:iam::{OTHER}:user/eve"
OBJECT = "arn:aws:s3:::data/train/a.csv"

QUESTION: dict[str, Any] = {"action": "s3:GetObject", "resource": OBJECT, "caller_arn": USER, "principal_arn": USER, "account": ACCOUNT, "context": {}}
AS_ROLE = {"caller_arn": SESSION, "principal_arn": ROLE}
AS_ROOT = {"caller_arn": ROOT, "principal_arn": ROOT}
AS_FOREIGN = {"caller_arn": FOREIGN, "principal_arn": FOREIGN}
AS_NOBODY = {"caller_arn": "", "principal_arn": ""}


class Case(NamedTuple):
    rule: str
    policies: dict[str, Any]
    question: dict[str, Any]
    follows: str


def statement(effect="Allow", action: Any = "s3:*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    made = {"Effect": effect, "Action": action, "Resource": resource, **more}
    if "NotAction" in made:
        del made["Action"]
    if "NotResource" in made:
        del made["Resource"]
    return made


def document(*statements: dict[str, Any], version: str | None = "2012-10-17") -> dict[str, Any]:
    return {**({"Version": version} if version else {}), "Statement": list(statements)}


ALL = document(statement(action="*"))
DENY_ALL = document(statement("Deny", action="*"))
READ = document(statement(action="s3:GetObject"))
WRITE = document(statement(action="s3:PutObject"))


def identity(**elements: Any) -> dict[str, Any]:
    """One statement in the identity's policy."""
    return {"identity": [document(statement(**elements))]}


def on_resource(principal: Any, effect: str = "Allow", **elements: Any) -> dict[str, Any]:
    """One statement in the resource's policy."""
    return document(statement(effect, Principal=principal, **elements))


def when(operator: str, key: str, values: Any, effect: str = "Allow", version: str | None = "2012-10-17") -> dict[str, Any]:
    """One condition in the identity's policy, beside nothing else."""
    return {"identity": [document(statement(effect, Condition={operator: {key: values}}), version=version)]}


def having(**keys: Any) -> dict[str, Any]:
    """A question with keys in its context: `aws_username` for `aws:username`."""
    context = {name.replace("_", ":", 1): value if isinstance(value, tuple) else (value,) for name, value in keys.items()}
    return {"context": context}


# "Policy evaluation logic", "How AWS enforcement code logic evaluates requests": one account -------------------------
LOGIC = [
    Case("nothing said is a denial", {}, {}, "none identity-based policy"),
    Case("an identity's policy allows", {"identity": [READ]}, {}, "allow identity-based policy"),
    Case("another action is not allowed", {"identity": [WRITE]}, {}, "none identity-based policy"),
    Case("any of several policies may allow", {"identity": [WRITE, READ]}, {}, "allow identity-based policy"),
    Case("explicit deny beats allow", {"identity": [ALL, DENY_ALL]}, {}, "deny identity-based policy"),
    Case("the order does not matter", {"identity": [DENY_ALL, ALL]}, {}, "deny identity-based policy"),
    Case("a deny of something else does not", {"identity": [ALL, document(statement("Deny", "s3:PutObject"))]}, {}, "allow identity-based policy"),
    Case("deny and allow in one document", {"identity": [document(statement(), statement("Deny", "s3:Get*"))]}, {}, "deny identity-based policy"),
    Case("a boundary alone grants nothing", {"boundary": ALL}, {}, "none identity-based policy"),
    Case("a boundary that allows lets pass", {"identity": [READ], "boundary": READ}, {}, "allow identity-based policy"),
    Case("a boundary narrows", {"identity": [ALL], "boundary": WRITE}, {}, "none permissions boundary"),
    Case("a boundary denies explicitly", {"identity": [ALL], "boundary": DENY_ALL}, {}, "deny permissions boundary"),
    Case("a session's policy alone grants nothing", {"session": [ALL]}, AS_ROLE, "none identity-based policy"),
    Case("a session's policy that allows lets pass", {"identity": [ALL], "session": [READ]}, AS_ROLE, "allow identity-based policy"),
    Case("a session's policy narrows", {"identity": [ALL], "session": [WRITE]}, AS_ROLE, "none session policy"),
    Case("a session's policy denies explicitly", {"identity": [ALL], "session": [ALL, DENY_ALL]}, AS_ROLE, "deny session policy"),
    Case("any of a session's policies may allow", {"identity": [ALL], "session": [WRITE, READ]}, AS_ROLE, "allow identity-based policy"),
    Case("boundary and session must both allow", {"identity": [ALL], "boundary": READ, "session": [READ]}, AS_ROLE, "allow identity-based policy"),
    Case("boundary before session", {"identity": [ALL], "boundary": WRITE, "session": [WRITE]}, AS_ROLE, "none permissions boundary"),
    Case("session though the boundary allows", {"identity": [ALL], "boundary": READ, "session": [WRITE]}, AS_ROLE, "none session policy"),
    Case("root may do everything", {}, AS_ROOT, "allow identity-based policy"),
    Case("root is stopped by the resource's explicit deny", {"resource": on_resource("*", "Deny")}, AS_ROOT, "deny resource-based policy"),
    Case("a statement without a version", {"identity": [document(statement(), version=None)]}, {}, "allow identity-based policy"),
    Case("one statement without a list", {"identity": [{"Statement": statement()}]}, {}, "allow identity-based policy"),
]

# "How AWS enforcement code logic evaluates requests": resource-based policies within the account ----------------------
RESOURCES = [
    Case("the user named in the resource's policy", {"resource": on_resource({"AWS": USER})}, {}, "allow resource-based policy"),
    Case("is not limited by a boundary", {"boundary": WRITE, "resource": on_resource({"AWS": USER})}, {}, "allow resource-based policy"),
    Case("but denied by a boundary's explicit deny", {"boundary": DENY_ALL, "resource": on_resource({"AWS": USER})}, {}, "deny permissions boundary"),
    Case("and by the identity's", {"identity": [DENY_ALL], "resource": on_resource({"AWS": USER})}, {}, "deny identity-based policy"),
    Case("another user is not meant", {"resource": on_resource({"AWS": USER + "a"})}, {}, "none identity-based policy"),
    Case("one of several users", {"resource": on_resource({"AWS": [FOREIGN, USER]})}, {}, "allow resource-based policy"),
    Case("names are compared whole, not by prefix", {"resource": on_resource({"AWS": USER[:-1]})}, {}, "none identity-based policy"),
    Case("everybody", {"resource": on_resource("*")}, {}, "allow resource-based policy"),
    Case("everybody, written as AWS", {"resource": on_resource({"AWS": "*"})}, {}, "allow resource-based policy"),
    Case("everybody is not limited by a session", {"session": [WRITE], "resource": on_resource("*")}, AS_ROLE, "allow resource-based policy"),
    Case("the account passes on, grants nothing itself", {"resource": on_resource({"AWS": ACCOUNT})}, {}, "none identity-based policy"),
    Case("the account, and the identity's policy", {"identity": [READ], "resource": on_resource({"AWS": ACCOUNT})}, {}, "allow identity-based policy"),
    Case("the account named by its root", {"resource": on_resource({"AWS": ROOT})}, {}, "none identity-based policy"),
    Case("root itself named by the account", {"resource": on_resource({"AWS": ACCOUNT})}, AS_ROOT, "allow resource-based policy"),
    Case("the session named", {"boundary": WRITE, "session": [WRITE], "resource": on_resource({"AWS": SESSION})}, AS_ROLE, "allow resource-based policy"),
    Case("the role named", {"resource": on_resource({"AWS": ROLE})}, AS_ROLE, "allow resource-based policy"),
    Case("the role named, limited by a boundary", {"boundary": WRITE, "resource": on_resource({"AWS": ROLE})}, AS_ROLE, "none permissions boundary"),
    Case("the role named, within the boundary", {"boundary": READ, "resource": on_resource({"AWS": ROLE})}, AS_ROLE, "allow resource-based policy"),
    Case("the role named, limited by a session", {"session": [WRITE], "resource": on_resource({"AWS": ROLE})}, AS_ROLE, "none session policy"),
    Case("another session of the role is not meant", {"resource": on_resource({"AWS": SESSION + "0"})}, AS_ROLE, "none identity-based policy"),
    Case("the role's unique id", {"resource": on_resource({"AWS": "AROAEXAMPLEEXAMPLE01"})}, {**AS_ROLE, **having(aws_userid="AROAEXAMPLEEXAMPLE01:run-1")}, "allow resource-based policy"),
    Case("the user's unique id", {"boundary": WRITE, "resource": on_resource({"AWS": "AIDAEXAMPLEEXAMPLE01"})}, having(aws_userid="AIDAEXAMPLEEXAMPLE01"), "allow resource-based policy"),
    Case("the role's unique id, limited by a session", {"session": [WRITE], "resource": on_resource({"AWS": "AROAEXAMPLEEXAMPLE01"})}, {**AS_ROLE, **having(aws_userid="AROAEXAMPLEEXAMPLE01:run-1")}, "none session policy"),
    Case("another user of the name has another id", {"resource": on_resource({"AWS": "AIDAEXAMPLEEXAMPLE01"})}, having(aws_userid="AIDAEXAMPLEEXAMPLE02"), "none identity-based policy"),
    Case("a service is nobody who signs", {"resource": on_resource({"Service": "s3.amazonaws.com"})}, {}, "none identity-based policy"),
    Case("a service acts for itself", {"resource": on_resource({"Service": "s3.amazonaws.com"})}, {**AS_NOBODY, "service": "s3.amazonaws.com"}, "allow resource-based policy"),
    Case("another service does not", {"resource": on_resource({"Service": "sns.amazonaws.com"})}, {**AS_NOBODY, "service": "s3.amazonaws.com"}, "none resource-based policy"),
    Case("nobody signed, everybody may", {"resource": on_resource("*")}, AS_NOBODY, "allow resource-based policy"),
    Case("nobody signed, an account may", {"resource": on_resource({"AWS": ACCOUNT})}, AS_NOBODY, "none resource-based policy"),
    Case("the resource's policy denies", {"identity": [ALL], "resource": on_resource("*", "Deny")}, {}, "deny resource-based policy"),
    Case("it denies others", {"identity": [ALL], "resource": on_resource({"AWS": FOREIGN}, "Deny")}, {}, "allow identity-based policy"),
    Case("it denies the account, so all in it", {"identity": [ALL], "resource": on_resource({"AWS": ACCOUNT}, "Deny")}, {}, "deny resource-based policy"),
    Case("it denies the role, so its sessions", {"identity": [ALL], "resource": on_resource({"AWS": ROLE}, "Deny")}, AS_ROLE, "deny resource-based policy"),
]


# "AWS JSON policy elements: NotPrincipal" -----------------------------------------------------------------------------
def sparing(*names: str) -> dict[str, Any]:
    made = statement("Deny", NotPrincipal={"AWS": list(names)})
    return document(made)


NOT_PRINCIPAL = [
    Case("a user and its account are spared", {"identity": [ALL], "resource": sparing(USER, ROOT)}, {}, "allow identity-based policy"),
    Case("without its account it is not", {"identity": [ALL], "resource": sparing(USER)}, {}, "deny resource-based policy"),
    Case("others are denied", {"identity": [ALL], "resource": sparing(FOREIGN, OTHER)}, {}, "deny resource-based policy"),
    Case("a session needs account, role and session", {"identity": [ALL], "resource": sparing(ACCOUNT, ROLE, SESSION)}, AS_ROLE, "allow identity-based policy"),
    Case("the role alone does not spare the session", {"identity": [ALL], "resource": sparing(ACCOUNT, ROLE)}, AS_ROLE, "deny resource-based policy"),
    Case("a boundary makes it deny always", {"identity": [ALL], "boundary": ALL, "resource": sparing(USER, ROOT)}, {}, "deny resource-based policy"),
    Case("root is spared by its account", {"resource": sparing(ACCOUNT)}, AS_ROOT, "allow identity-based policy"),
    Case("who has not signed is denied", {"resource": sparing(ACCOUNT)}, AS_NOBODY, "deny resource-based policy"),
]

# "Cross-account policy evaluation logic" ------------------------------------------------------------------------------
ACROSS = [
    Case("both allow", {"identity": [READ], "resource": on_resource({"AWS": FOREIGN})}, AS_FOREIGN, "allow identity-based policy"),
    Case("the resource's policy alone", {"resource": on_resource({"AWS": FOREIGN})}, AS_FOREIGN, "none identity-based policy"),
    Case("the identity's policy alone", {"identity": [ALL]}, AS_FOREIGN, "none resource-based policy"),
    Case("everybody, and the identity's policy", {"identity": [READ], "resource": on_resource("*")}, AS_FOREIGN, "allow identity-based policy"),
    Case("everybody alone", {"resource": on_resource("*")}, AS_FOREIGN, "none identity-based policy"),
    Case("the other account as a whole", {"identity": [READ], "resource": on_resource({"AWS": OTHER})}, AS_FOREIGN, "allow identity-based policy"),
    Case("a boundary limits there too", {"identity": [READ], "boundary": WRITE, "resource": on_resource({"AWS": FOREIGN})}, AS_FOREIGN, "none permissions boundary"),
    Case("a session's policy limits there too", {"identity": [READ], "session": [WRITE], "resource": on_resource({"AWS": FOREIGN})}, AS_FOREIGN, "none session policy"),
    Case("a third account", {"identity": [READ], "resource": on_resource({"AWS": ACCOUNT})}, AS_FOREIGN, "none resource-based policy"),
    Case("root of another account needs the resource's policy", {}, {"caller_arn": f"arn:aws:iam::{OTHER}:root", "principal_arn": f"arn:aws:iam::{OTHER}:root"}, "none resource-based policy"),
    Case("and has it", {"resource": on_resource({"AWS": OTHER})}, {"caller_arn": f"arn:aws:iam::{OTHER}:root", "principal_arn": f"arn:aws:iam::{OTHER}:root"}, "allow identity-based policy"),
    Case("explicit deny in the other account", {"identity": [ALL, DENY_ALL], "resource": on_resource({"AWS": FOREIGN})}, AS_FOREIGN, "deny identity-based policy"),
]

# "How IAM roles differ from resource-based policies", "IAM role trust policies": they must allow always ----
ASSUME = {"action": "sts:AssumeRole", "resource": ROLE}


def trust(principal: Any, **elements: Any) -> dict[str, Any]:
    made = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **elements}
    return {"resource": document(made), "trust": True}


TRUST = [
    Case("the user is trusted by name", trust({"AWS": USER}), ASSUME, "allow resource-based policy"),
    Case("the account is trusted, the identity's policy allows", {**trust({"AWS": ACCOUNT}), "identity": [ALL]}, ASSUME, "allow identity-based policy"),
    Case("the account is trusted, the identity's policy does not", trust({"AWS": ACCOUNT}), ASSUME, "none identity-based policy"),
    Case("the identity's policy alone does not do", {**trust({"Service": "sagemaker.amazonaws.com"}), "identity": [ALL]}, ASSUME, "none resource-based policy"),
    Case("the service is trusted", trust({"Service": "sagemaker.amazonaws.com"}), {**ASSUME, **AS_NOBODY, "service": "sagemaker.amazonaws.com"}, "allow resource-based policy"),
    Case("the service of several", trust({"Service": ["glue.amazonaws.com", "sagemaker.amazonaws.com"]}), {**ASSUME, **AS_NOBODY, "service": "sagemaker.amazonaws.com"}, "allow resource-based policy"),
    Case("an external id that fits", trust({"AWS": USER}, Condition={"StringEquals": {"sts:ExternalId": "42"}}), {**ASSUME, **having(sts_externalid="42")}, "allow resource-based policy"),
    Case("one that does not", trust({"AWS": USER}, Condition={"StringEquals": {"sts:ExternalId": "42"}}), {**ASSUME, **having(sts_externalid="43")}, "none resource-based policy"),
    Case("none at all", trust({"AWS": USER}, Condition={"StringEquals": {"sts:ExternalId": "42"}}), ASSUME, "none resource-based policy"),
    Case("a federated identity", trust({"Federated": "cognito-identity.amazonaws.com"}), {**ASSUME, **having(aws_federatedprovider="cognito-identity.amazonaws.com")}, "allow resource-based policy"),
]

# "IAM JSON policy elements: Action" and "NotAction" -------------------------------------------------------------------
ACTIONS = [
    Case("service and action in any case", identity(action="S3:getobject"), {}, "allow identity-based policy"),
    Case("everything of a service", identity(action="s3:*"), {}, "allow identity-based policy"),
    Case("everything", identity(action="*"), {}, "allow identity-based policy"),
    Case("a beginning", identity(action="s3:Get*"), {}, "allow identity-based policy"),
    Case("another beginning", identity(action="s3:Put*"), {}, "none identity-based policy"),
    Case("an end", identity(action="s3:*Object"), {}, "allow identity-based policy"),
    Case("a middle", identity(action="s3:G*t*t"), {}, "allow identity-based policy"),
    Case("one character", identity(action="s3:?etObject"), {}, "allow identity-based policy"),
    Case("one character is one", identity(action="s3:?tObject"), {}, "none identity-based policy"),
    Case("a longer name is another action", identity(action="s3:GetObject"), {"action": "s3:GetObjectVersion"}, "none identity-based policy"),
    Case("a dot is a dot", identity(action="s3:Get.bject"), {}, "none identity-based policy"),
    Case("one of a list", identity(action=["s3:PutObject", "s3:GetObject"]), {}, "allow identity-based policy"),
    Case("another service", identity(action="s3-outposts:*"), {}, "none identity-based policy"),
    Case("all but another", identity(NotAction="iam:*"), {}, "allow identity-based policy"),
    Case("all but this", identity(NotAction="s3:Get*"), {}, "none identity-based policy"),
    Case("all but a list", identity(NotAction=["iam:*", "s3:GetObject"]), {}, "none identity-based policy"),
    Case("all but, in any case of letters", identity(NotAction="S3:GETOBJECT"), {}, "none identity-based policy"),
    Case("deny all but this", {"identity": [ALL, document(statement("Deny", NotAction="s3:Get*"))]}, {}, "allow identity-based policy"),
    Case("deny all but another", {"identity": [ALL, document(statement("Deny", NotAction="iam:*"))]}, {}, "deny identity-based policy"),
]

# "IAM JSON policy elements: Resource" and "NotResource" ---------------------------------------------------------------
QUEUE = "arn:aws:sqs:us-east-1:123456789012:jobs"
PATHS = [
    Case("everything", identity(resource="*"), {}, "allow identity-based policy"),
    Case("itself", identity(resource=OBJECT), {}, "allow identity-based policy"),
    Case("case counts", identity(resource=OBJECT.upper().replace("ARN:AWS:S3", "arn:aws:s3")), {}, "none identity-based policy"),
    Case("all of a bucket", identity(resource="arn:aws:s3:::data/*"), {}, "allow identity-based policy"),
    Case("a wildcard crosses slashes", identity(resource="arn:aws:s3:::data*csv"), {}, "allow identity-based policy"),
    Case("the bucket is not its objects", identity(resource="arn:aws:s3:::data"), {}, "none identity-based policy"),
    Case("objects are not their bucket", identity(resource="arn:aws:s3:::data/*"), {"resource": "arn:aws:s3:::data"}, "none identity-based policy"),
    Case("another bucket that begins alike", identity(resource="arn:aws:s3:::data/*"), {"resource": "arn:aws:s3:::data2/a"}, "none identity-based policy"),
    Case("one character", identity(resource="arn:aws:s3:::data/train/?.csv"), {}, "allow identity-based policy"),
    Case("one character is not none", identity(resource="arn:aws:s3:::data/train/a?.csv"), {}, "none identity-based policy"),
    Case("a dot is a dot", identity(resource="arn:aws:s3:::data/train/a.csv"), {"resource": "arn:aws:s3:::data/train/aXcsv"}, "none identity-based policy"),
    Case("brackets are brackets", identity(resource="arn:aws:s3:::data/[ab]"), {"resource": "arn:aws:s3:::data/a"}, "none identity-based policy"),
    Case("brackets match brackets", identity(resource="arn:aws:s3:::data/[ab]"), {"resource": "arn:aws:s3:::data/[ab]"}, "allow identity-based policy"),
    Case("line ends in a key", identity(resource="arn:aws:s3:::data/*"), {"resource": "arn:aws:s3:::data/a\nb"}, "allow identity-based policy"),
    Case("no end is cut off", identity(resource="arn:aws:s3:::data/a"), {"resource": "arn:aws:s3:::data/a\n"}, "none identity-based policy"),
    Case("one of a list", identity(resource=["arn:aws:s3:::x/*", OBJECT]), {}, "allow identity-based policy"),
    Case("a wildcard ends its segment, and reaches on", identity(resource="arn:aws:sqs:*:jobs"), {"resource": QUEUE, "action": "s3:x"}, "allow identity-based policy"),
    Case("a wildcard within its segment stays there", identity(resource="arn:aws:sqs:us-*-1:jobs"), {"resource": "arn:aws:sqs:us-east-1:123456789012-1:jobs", "action": "s3:x"}, "none identity-based policy"),
    Case("a wildcard for region and account", identity(resource="arn:aws:sqs:us-*:*:jobs"), {"resource": QUEUE, "action": "s3:x"}, "allow identity-based policy"),
    Case("one character never is a colon", identity(resource="arn:aws:sqs:us-east-1?123456789012:jobs"), {"resource": QUEUE, "action": "s3:x"}, "none identity-based policy"),
    Case("colons in a key", identity(resource="arn:aws:s3:::data/a*z"), {"resource": "arn:aws:s3:::data/a:b:z"}, "allow identity-based policy"),
    Case("a list operation is about all", identity(resource="arn:aws:s3:::data"), {"resource": "*", "action": "s3:ListAllMyBuckets"}, "none identity-based policy"),
    Case("all but another", identity(NotResource="arn:aws:s3:::other/*"), {}, "allow identity-based policy"),
    Case("all but this", identity(NotResource="arn:aws:s3:::data/*"), {}, "none identity-based policy"),
    Case("deny all but this", {"identity": [ALL, document(statement("Deny", NotResource="arn:aws:s3:::data/*"))]}, {}, "allow identity-based policy"),
    Case("deny all but others", {"identity": [ALL, document(statement("Deny", NotResource=["arn:aws:s3:::x/*", "arn:aws:s3:::y/*"]))]}, {}, "deny identity-based policy"),
]

# "IAM policy elements: Variables and tags" ----------------------------------------------------------------------------
HOME = identity(resource="arn:aws:s3:::data/${aws:username}/*")
VARIABLES = [
    Case("a variable in a resource", HOME, {**having(aws_username="train")}, "allow identity-based policy"),
    Case("another value", HOME, {**having(aws_username="test")}, "none identity-based policy"),
    Case("no value matches nothing", HOME, {}, "none identity-based policy"),
    Case("its value is no wildcard", HOME, {**having(aws_username="*")}, "none identity-based policy"),
    Case("nor a question mark", HOME, {**having(aws_username="trai?")}, "none identity-based policy"),
    Case("nor an expression", HOME, {**having(aws_username="tr.in")}, "none identity-based policy"),
    Case("the key in any case", identity(resource="arn:aws:s3:::data/${AWS:UserName}/*"), having(aws_username="train"), "allow identity-based policy"),
    Case("several values are none", HOME, having(aws_username=("train", "test")), "none identity-based policy"),
    Case("a tag of the principal", identity(resource="arn:aws:s3:::${aws:PrincipalTag/team}/*"), {"context": {"aws:principaltag/team": ("data",)}}, "allow identity-based policy"),
    Case("a default", identity(resource="arn:aws:s3:::data/${aws:username, 'train'}/*"), {}, "allow identity-based policy"),
    Case("a default gives way to a value", identity(resource="arn:aws:s3:::data/${aws:username, 'train'}/*"), having(aws_username="test"), "none identity-based policy"),
    Case("a default without space", identity(resource="arn:aws:s3:::data/${aws:username,'train'}/*"), {}, "allow identity-based policy"),
    Case("a star that is a star", identity(resource="arn:aws:s3:::data/${*}"), {"resource": "arn:aws:s3:::data/*"}, "allow identity-based policy"),
    Case("and nothing else", identity(resource="arn:aws:s3:::data/${*}"), {}, "none identity-based policy"),
    Case("a question mark that is one", identity(resource="arn:aws:s3:::data/train/${?}.csv"), {}, "none identity-based policy"),
    Case("a dollar that is a dollar", identity(resource="arn:aws:s3:::data/${$}a"), {"resource": "arn:aws:s3:::data/$a"}, "allow identity-based policy"),
    Case("no variables before 2012", {"identity": [document(statement(resource="arn:aws:s3:::data/${aws:username}/*"), version="2008-10-17")]}, having(aws_username="train"), "none identity-based policy"),
    Case("but the text itself", {"identity": [document(statement(resource="arn:aws:s3:::data/${aws:username}"), version=None)]}, {"resource": "arn:aws:s3:::data/${aws:username}"}, "allow identity-based policy"),
    Case("in a condition", when("StringLike", "s3:prefix", "${aws:username}/*"), having(s3_prefix="ann/x", aws_username="ann"), "allow identity-based policy"),
    Case("in a condition, its value is no wildcard", when("StringLike", "s3:prefix", "${aws:username}/*"), having(s3_prefix="ann/x", aws_username="*"), "none identity-based policy"),
    Case("in an equal", when("StringEquals", "s3:prefix", "${aws:username}"), having(s3_prefix="ann", aws_username="ann"), "allow identity-based policy"),
    Case("in an ARN", when("ArnLike", "aws:SourceArn", "arn:aws:sns:*:${aws:PrincipalAccount}:*"), having(aws_sourcearn="arn:aws:sns:us-east-1:123456789012:t", aws_principalaccount=ACCOUNT), "allow identity-based policy"),
    Case("in a number it is a text", when("NumericEquals", "s3:max-keys", "${aws:username}"), {"context": {"s3:max-keys": ("5",), "aws:username": ("5",)}}, "none identity-based policy"),
    Case("two keys compared", when("StringEquals", "aws:ResourceTag/team", "${aws:PrincipalTag/team}"), {"context": {"aws:resourcetag/team": ("ml",), "aws:principaltag/team": ("ml",)}}, "allow identity-based policy"),
    Case("two keys, one missing", when("StringEquals", "aws:ResourceTag/team", "${aws:PrincipalTag/team}"), {"context": {"aws:resourcetag/team": ("ml",)}}, "none identity-based policy"),
]

# "IAM JSON policy elements: Condition operators" ----------------------------------------------------------------------
A, N = "allow identity-based policy", "none identity-based policy"


def holds(operator: str, wanted: Any, given: Any, follows: str) -> Case:
    """An operator on a key that the request brings (None: it does not)."""
    question = {} if given is None else {"context": {"s3:key": given if isinstance(given, tuple) else (given,)}}
    return Case(f"{operator} {wanted} of {given}", when(operator, "s3:Key", wanted), question, follows)


OPERATORS = [
    holds("StringEquals", "a", "a", A),
    holds("StringEquals", "a", "A", N),
    holds("StringEquals", "a*", "ab", N),
    holds("StringEquals", ["b", "a"], "a", A),
    holds("StringEquals", "a", None, N),
    holds("StringEquals", "", "", A),
    holds("stringequals", "a", "a", A),
    holds("StringNotEquals", "a", "b", A),
    holds("StringNotEquals", "a", "a", N),
    holds("StringNotEquals", ["a", "b"], "b", N),
    holds("StringNotEquals", ["a", "b"], "c", A),
    holds("StringNotEquals", "a", None, A),
    holds("StringEqualsIgnoreCase", "a", "A", A),
    holds("StringNotEqualsIgnoreCase", "a", "A", N),
    holds("StringLike", "a*c", "abbc", A),
    holds("StringLike", "a?c", "abbc", N),
    holds("StringLike", "A*", "abc", N),
    holds("StringLike", "a.c", "abc", N),
    holds("StringLike", ["x", "*"], "", A),
    holds("StringNotLike", "a*", "abc", N),
    holds("StringNotLike", ["a*", "b*"], "c", A),
    holds("StringNotLike", "a*", None, A),
    holds("NumericEquals", "10", "10.0", A),
    holds("NumericEquals", 10, "10", A),
    holds("NumericNotEquals", "10", "11", A),
    holds("NumericNotEquals", "10", None, A),
    holds("NumericLessThan", "10", "9", A),
    holds("NumericLessThan", "10", "10", N),
    holds("NumericLessThan", "9", "10", N),
    holds("NumericLessThanEquals", "10", "10", A),
    holds("NumericLessThanEquals", "10", None, N),
    holds("NumericGreaterThan", "9", "10", A),
    holds("NumericGreaterThanEquals", "10", "10", A),
    holds("NumericGreaterThanEquals", "10", "many", N),
    holds("NumericEquals", "9007199254740993", "9007199254740992", N),
    holds("DateEquals", "2030-01-01T00:00:00Z", "1893456000", A),
    holds("DateNotEquals", "2030-01-01T00:00:00Z", "1893456001", A),
    holds("DateLessThan", "2030-01-01T00:00:00Z", "2029-12-31T23:59:59Z", A),
    holds("DateLessThan", "2030-01-01T00:00:00Z", "2030-01-01T00:00:00Z", N),
    holds("DateLessThanEquals", "2030-01-01", "2030-01-01T00:00:00Z", A),
    holds("DateGreaterThan", "2030-01-01T00:00:00+01:00", "2030-01-01T00:00:00Z", A),
    holds("DateGreaterThanEquals", "1893456000", "2030-01-01T00:00:00.123456789Z", A),
    holds("DateGreaterThan", "2030-01-01T00:00:00Z", None, N),
    holds("Bool", "true", "true", A),
    holds("Bool", True, "true", A),
    holds("Bool", "True", "true", A),
    holds("Bool", "true", "false", N),
    holds("Bool", "false", None, N),
    holds("BoolIfExists", "false", None, A),
    holds("BinaryEquals", "QmluYXJ5", "QmluYXJ5", A),
    holds("BinaryEquals", "QmluYXJ5", "QmluYXJ6", N),
    holds("IpAddress", "203.0.113.0/24", "203.0.113.7", A),
    holds("IpAddress", "203.0.113.0/24", "203.0.114.7", N),
    holds("IpAddress", "203.0.113.7", "203.0.113.7", A),
    holds("IpAddress", ["10.0.0.0/8", "203.0.113.0/24"], "10.1.2.3", A),
    holds("IpAddress", "203.0.113.0/24", None, N),
    holds("IpAddress", "2001:db8::/32", "2001:db8:1::1", A),
    holds("IpAddress", "2001:DB8:1234:5678::/64", "2001:db8:1234:5679::1", N),
    holds("IpAddress", "0.0.0.0/0", "2001:db8::1", N),
    holds("IpAddress", "10.0.0.0/8", "::ffff:10.1.2.3", A),
    holds("NotIpAddress", "203.0.113.0/24", "203.0.113.7", N),
    holds("NotIpAddress", "203.0.113.0/24", "10.0.0.1", A),
    holds("NotIpAddress", "203.0.113.0/24", None, A),
    holds("ArnEquals", "arn:aws:sns:us-east-1:123456789012:t", "arn:aws:sns:us-east-1:123456789012:t", A),
    holds("ArnEquals", "arn:aws:sns:*:123456789012:t*", "arn:aws:sns:us-east-1:123456789012:tt", A),
    holds("ArnLike", "arn:aws:sns:*:*:t", "arn:aws:sns:us-east-1:123456789012:u", N),
    holds("ArnLike", "arn:aws:sns:*:t", "arn:aws:sns:us-east-1:123456789012:t", N),
    holds("ArnLike", "arn:aws:iam::123456789012:role/*", "arn:aws:iam::123456789012:role/a/b", A),
    holds("ArnLike", "arn:aws:iam::123456789012:ROLE/*", "arn:aws:iam::123456789012:role/a", N),
    holds("ArnNotEquals", "arn:aws:sns:*:*:t", "arn:aws:sns:us-east-1:123456789012:t", N),
    holds("ArnNotLike", "arn:aws:sns:*:*:t", "arn:aws:sns:us-east-1:123456789012:u", A),
    holds("ArnNotLike", "arn:aws:sns:*:*:t", None, A),
    holds("Null", "true", None, A),
    holds("Null", "true", "a", N),
    holds("Null", "false", "a", A),
    holds("Null", "false", None, N),
    holds("Null", False, "a", A),
    holds("StringEqualsIfExists", "a", None, A),
    holds("StringEqualsIfExists", "a", "a", A),
    holds("StringEqualsIfExists", "a", "b", N),
    holds("StringNotEqualsIfExists", "a", "a", N),
    holds("NumericLessThanIfExists", "10", None, A),
    holds("IpAddressIfExists", "10.0.0.0/8", "11.0.0.1", N),
    holds("ArnLikeIfExists", "arn:aws:sns:*:*:t", None, A),
]

# "Set operators for multivalued context keys" -------------------------------------------------------------------------
SETS = [
    holds("ForAllValues:StringEquals", ["a", "b"], ("a",), A),
    holds("ForAllValues:StringEquals", ["a", "b"], ("a", "b"), A),
    holds("ForAllValues:StringEquals", ["a", "b"], ("a", "c"), N),
    holds("ForAllValues:StringEquals", ["a"], None, A),
    holds("ForAllValues:StringEquals", ["a"], ("",), A),
    holds("ForAllValues:StringLike", "a*", ("ab", "ac"), A),
    holds("ForAllValues:StringNotEquals", ["a", "b"], ("c", "d"), A),
    holds("ForAllValues:StringNotEquals", ["a", "b"], ("c", "b"), N),
    holds("ForAnyValue:StringEquals", ["a", "b"], ("c", "b"), A),
    holds("ForAnyValue:StringEquals", ["a", "b"], ("c", "d"), N),
    holds("ForAnyValue:StringEquals", ["a"], None, N),
    holds("ForAnyValue:StringLike", "a*", ("b", "ab"), A),
    holds("ForAnyValue:StringNotEquals", ["a"], ("a", "b"), A),
    holds("ForAnyValue:StringNotEquals", ["a"], ("a",), N),
    holds("ForAnyValue:StringEqualsIfExists", ["a"], None, A),
    holds("ForAllValues:NumericLessThan", "10", ("1", "2"), A),
    holds("ForAllValues:NumericLessThan", "10", ("1", "20"), N),
    holds("ForAnyValue:ArnLike", "arn:aws:ec2:*:*:subnet/*", ("x", "arn:aws:ec2:us-east-1:123456789012:subnet/s"), A),
    holds("forallvalues:stringequals", "a", ("a",), A),
]


# "Conditions with multiple context keys or values" --------------------------------------------------------------------
def conditional(block: dict[str, Any], **keys: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"identity": [document(statement(Condition=block))]}, having(**keys)


LOGICAL = [
    Case("all operators must hold", *conditional({"StringEquals": {"aws:a": "1"}, "Bool": {"aws:b": "true"}}, aws_a="1", aws_b="true"), A),
    Case("one operator does not", *conditional({"StringEquals": {"aws:a": "1"}, "Bool": {"aws:b": "true"}}, aws_a="1", aws_b="false"), N),
    Case("all keys of one must", *conditional({"StringEquals": {"aws:a": "1", "aws:b": "2"}}, aws_a="1", aws_b="2"), A),
    Case("one key does not", *conditional({"StringEquals": {"aws:a": "1", "aws:b": "2"}}, aws_a="1", aws_b="1"), N),
    Case("one key is missing", *conditional({"StringEquals": {"aws:a": "1", "aws:b": "2"}}, aws_a="1"), N),
    Case("a condition without keys holds", *conditional({"StringEquals": {}}), A),
    Case("an empty block holds", *conditional({}), A),
    Case("no values match nothing", *conditional({"StringEquals": {"aws:a": []}}, aws_a="1"), N),
    Case("keys in any case", *conditional({"StringEquals": {"AWS:A": "1"}}, aws_a="1"), A),
    Case("a deny whose condition does not hold", {"identity": [ALL, document(statement("Deny", Condition={"Bool": {"aws:MultiFactorAuthPresent": "false"}}))]}, {}, A),
    Case("a deny with IfExists", {"identity": [ALL, document(statement("Deny", Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}))]}, {}, "deny identity-based policy"),
    Case("a deny outside of a network", {"identity": [ALL, document(statement("Deny", Condition={"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}))]}, having(aws_sourceip="8.8.8.8"), "deny identity-based policy"),
    Case("a deny without encryption", {"identity": [ALL], "resource": on_resource("*", "Deny", Condition={"Bool": {"aws:SecureTransport": "false"}})}, having(aws_securetransport="false"), "deny resource-based policy"),
    Case("a deny of who is not named", {"identity": [ALL], "resource": on_resource("*", "Deny", Condition={"ArnNotEquals": {"aws:PrincipalArn": ROLE}})}, {**AS_ROLE, **having(aws_principalarn=ROLE)}, A),
    Case("whoever is of the account", {"resource": on_resource("*", Condition={"StringEquals": {"aws:PrincipalAccount": ACCOUNT}})}, having(aws_principalaccount=ACCOUNT), "allow resource-based policy"),
    Case("a role to be passed to one service", {"identity": [document(statement(action="iam:PassRole", resource=ROLE, Condition={"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}))]}, {"action": "iam:PassRole", "resource": ROLE, **having(iam_passedtoservice="sagemaker.amazonaws.com")}, A),
    Case("but not to another", {"identity": [document(statement(action="iam:PassRole", resource=ROLE, Condition={"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}))]}, {"action": "iam:PassRole", "resource": ROLE, **having(iam_passedtoservice="glue.amazonaws.com")}, N),
]

CASES = [*LOGIC, *RESOURCES, *NOT_PRINCIPAL, *ACROSS, *TRUST, *ACTIONS, *PATHS, *VARIABLES, *OPERATORS, *SETS, *LOGICAL]
