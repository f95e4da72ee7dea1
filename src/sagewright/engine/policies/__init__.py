"""Policies: what they say, and what follows from them (AWS's IAM User Guide, "Policy evaluation logic").

Pure: documents and facts about a request go in, a decision comes out.

`documents` compiles policy documents, out of `patterns` (wildcards and variables), `principals` and `conditions`;
`decisions` weighs several of them, and `refusals` says what came of it; `checking` says what is wrong with a document
that somebody wants to store.
"""

from __future__ import annotations

from sagewright.engine.policies.checking import check_document
from sagewright.engine.policies.decisions import Decision, Policies, decide
from sagewright.engine.policies.documents import Match, Question, document_of
from sagewright.engine.policies.refusals import refusal_text

__all__ = ["Decision", "Match", "Policies", "Question", "check_document", "decide", "document_of", "refusal_text"]
