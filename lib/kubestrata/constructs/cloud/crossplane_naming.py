"""The naming policy of what Crossplane manages in a cloud."""

from __future__ import annotations

from dataclasses import dataclass

from kubestrata.core.errors import InvalidName
from kubestrata.core.names import check_subdomain
from kubestrata.core.value.placeholder import MARK

# IAM roles and users have the shortest names of what is managed here (source: IAM quotas).
LONGEST_ROLE = 64
LONGEST_BUCKET = 63


@dataclass(frozen=True, slots=True)
class CrossplaneNaming:
    """Every managed resource begins with `prefix`: what Crossplane may touch is scoped by it.

    The prefix is added here and nowhere else; an id that has it already is refused.
    """

    prefix: str = "xplane-"

    def __post_init__(self) -> None:
        check_subdomain("prefix", f"{self.prefix}x")

    def object_name(self, id: str) -> str:
        """`metadata.name` of the managed resources of `id`; raises InvalidName."""
        if id.startswith(self.prefix):
            why = f"begins with {self.prefix!r} already, which is added to every name"
            raise InvalidName(f"managed resource {id!r}", why, "leave it out")
        name = f"{self.prefix}{id}"
        check_subdomain("managed resource", name)
        return name

    def external_name(self, *parts: str, longest: int = LONGEST_ROLE) -> str:
        """The name in the cloud, which others share: the prefix and `parts`, joined by '-'.

        Raises InvalidName where it cannot fit; of a placeholder one character is counted.
        """
        name = self.object_name("-".join(MARK.sub("x", part) for part in parts))
        if len(name) > longest:
            why = f"has {len(name)} characters; at most {longest} are allowed"
            raise InvalidName(f"external name {name!r}", why)
        return f"{self.prefix}{'-'.join(parts)}"
