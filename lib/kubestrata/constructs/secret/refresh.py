"""How often a Secret is fetched again. The defaults are stated here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kubestrata.core.value.duration import Duration


@dataclass(frozen=True, slots=True)
class Refresh:
    """The time between two fetches; `once` makes the Secret and leaves it alone."""

    interval: Duration
    policy: Literal["CreatedOnce", "OnChange", "Periodic"] | None = None

    @classmethod
    def every(cls, interval: str) -> Refresh:
        """Again and again: what is changed in the store arrives within this time."""
        return cls(Duration(interval))

    @classmethod
    def once(cls) -> Refresh:
        """At creation only; the year is for controllers that do not know the policy."""
        return cls(Duration("8760h"), "CreatedOnce")


FETCHED = Refresh.every("1h")
"""What comes from a store."""

GENERATED = Refresh.once()
"""What a generator makes: again would be another password."""
