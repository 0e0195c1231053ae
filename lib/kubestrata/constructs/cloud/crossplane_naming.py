"""Naming policy of the resources that Crossplane manages in a cloud."""

from __future__ import annotations

from dataclasses import dataclass

from kubestrata.core.errors import InvalidName
from kubestrata.core.names import check_subdomain
from kubestrata.core.value.placeholder import MARK

# IAM roles and users have the lowest length limit of the kinds used here (source: IAM quotas).
LONGEST_ROLE = 64
LONGEST_BUCKET = 63


@dataclass(frozen=True, slots=True)
class CrossplaneNaming:
    """Adds `prefix` to the name of every managed resource, so that IAM can scope Crossplane by it.

    The prefix is added here and nowhere else; an id that already has it is rejected.
    """

    prefix: str = "xplane-"

    def __post_init__(self) -> None:
        check_subdomain("prefix", f"{self.prefix}x")

    def object_name(self, id: str) -> str:
        """Return `metadata.name` of the managed resources of `id`; raises InvalidName."""
        if id.startswith(self.prefix):
            why = f"already begins with {self.prefix!r}, which is added to every name"
            raise InvalidName(f"managed resource {id!r}", why, "leave it out")
        name = f"{self.prefix}{id}"
        check_subdomain("managed resource", name)
        return name

    def external_name(self, *parts: str, longest: int = LONGEST_ROLE) -> str:
        """Return the globally unique name in the cloud: the prefix and `parts`, joined by '-'.

        Raises InvalidName for a name that is too long; a placeholder counts as one character.
        """
        name = self.object_name("-".join(MARK.sub("x", part) for part in parts))
        if len(name) > longest:
            why = f"has {len(name)} characters; at most {longest} are allowed"
            raise InvalidName(f"external name {name!r}", why)
        return f"{self.prefix}{'-'.join(parts)}"
