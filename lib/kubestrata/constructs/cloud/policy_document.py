"""IAM policy documents as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence

from kubestrata.constructs.cloud.statement import Statement
from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import Json, JsonObject

_VERSION = "2012-10-17"
# IAM ignores white space when it counts (source: IAM quotas, managed policies).
_LONGEST = 6144


class PolicyDocument(Frozen):
    """Statements in the given order, conditions sorted by name.

    Raises InvalidValue for a document that is longer than IAM allows.
    """

    statements: Sequence[Statement]

    def __post_init__(self) -> None:
        if not self.statements:
            raise InvalidValue("PolicyDocument", "has no statement")
        size = len(json.dumps(self._content(), separators=(",", ":"), ensure_ascii=False))
        if size > _LONGEST:
            why = f"has {size} characters; IAM allows at most {_LONGEST}"
            raise InvalidValue("PolicyDocument", why, "split it into two policies")

    @property
    def json(self) -> str:
        """Return the document as compact JSON; equal statements give equal text."""
        return json.dumps(self._content(), ensure_ascii=False)

    def _content(self) -> JsonObject:
        return {"Version": _VERSION, "Statement": [_plain(each) for each in self.statements]}


def trust(service: str) -> str:
    """Return the trust policy by which an AWS service may assume a role and tag its session."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": ["sts:AssumeRole", "sts:TagSession"],
    }
    return json.dumps({"Version": _VERSION, "Statement": [statement]})


def _plain(statement: Statement) -> JsonObject:
    plain: dict[str, Json] = {
        "Effect": statement.effect,
        "Action": [str(action) for action in statement.actions],
        "Resource": [str(resource) for resource in statement.resources],
    }
    if statement.conditions:
        plain["Condition"] = {
            operator: {key: list(values) for key, values in sorted(keys.items())}
            for operator, keys in sorted(statement.conditions.items())
        }
    return plain
