"""IAM statements with least privilege enforced."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from msgspec import Meta

from kubestrata.core.declaration import Declaration
from kubestrata.core.errors import InvalidValue

_ACTION = "^[a-z0-9-]+:[A-Z][A-Za-z0-9]*[*]?$"
_RESOURCE = "^([*]|arn:[^:]+:[^:]+:[^:]*:[^:]*:.+)$"
# Actions that IAM cannot scope to a resource, and actions that only read (source: IAM's service
# authorization reference, where lists and descriptions have no resource types).
_UNSCOPED = "^[a-z0-9-]+:(Describe|List)"
_READS = "^[a-z0-9-]+:(BatchGet|Describe|Get|List|Lookup|Search)"
_ANY = "r == '*' || r.endsWith(':*')"

LEAST_PRIVILEGE = {
    "rule": (
        f"self.effect == 'Deny' || !self.resources.exists(r, {_ANY})"
        f" || self.actions.all(a, a.matches('{_UNSCOPED}'))"
        " || (has(self.anyResourceBecause)"
        f" && (self.actions.all(a, a.matches('{_READS}'))"
        " || (has(self.conditions) && size(self.conditions) > 0)))"
    ),
    "message": "any resource needs anyResourceBecause, and conditions where something is changed",
}
"""The same check as that of `Statement`, for the API server."""

Action = Annotated[str, Meta(pattern=_ACTION, max_length=128)]
Resource = Annotated[str, Meta(pattern=_RESOURCE, max_length=512)]
_Name = Annotated[str, Meta(min_length=1, max_length=128)]
Values = Annotated[Sequence[str], Meta(min_length=1, max_length=32)]


class Statement(Declaration):
    """One statement of an IAM policy."""

    actions: Annotated[
        Sequence[Action],
        Meta(min_length=1, max_length=64, description="Actions, 's3:GetObject'; '*' ends one."),
    ]
    resources: Annotated[
        Sequence[Resource],
        Meta(min_length=1, max_length=32, description="ARNs, or '*' for any resource."),
    ]
    effect: Annotated[
        Literal["Allow", "Deny"], Meta(description="Whether the actions are granted.")
    ] = "Allow"
    conditions: Annotated[
        Mapping[_Name, Annotated[Mapping[_Name, Values], Meta(min_length=1, max_length=16)]],
        Meta(max_length=16, description="Operator, key and values, as IAM nests them."),
    ] = {}
    any_resource_because: (
        Annotated[
            str,
            Meta(min_length=8, max_length=256, description="Why the resources are not narrower."),
        ]
        | None
    ) = None

    def __post_init__(self) -> None:
        """Reject a statement that grants more than it needs."""
        what = f"Statement of {', '.join(self.actions) or 'no action'}"
        for action in self.actions:
            if not re.search(_ACTION, action):
                why = f"action {action!r} is not a valid action: must be one of a service, not all"
                fix = "name the actions: 's3:GetObject', 'ec2:Describe*'"
                raise InvalidValue(what, why, fix)
        super().__post_init__()
        if self.effect == "Deny" or not any(_is_any(each) for each in self.resources):
            return
        if all(re.search(_UNSCOPED, action) for action in self.actions):
            return
        if self.any_resource_because is None:
            fix = "name their ARNs, or set any_resource_because="
            raise InvalidValue(what, "applies to any resource, without a reason", fix)
        changed = [each for each in self.actions if not re.search(_READS, each)]
        if changed and not self.conditions:
            why = f"changes any resource by {changed[0]!r}, without a condition"
            raise InvalidValue(what, why, "name ARNs, or add conditions on tags")


def _is_any(resource: str) -> bool:
    return resource == "*" or resource.endswith(":*")
