"""A target and the measured value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verdict:
    """At least `wanted` of something good, or less than `wanted` of a cost."""

    text: str
    reached: float
    wanted: float
    is_cost: bool = False

    @property
    def is_met(self) -> bool:
        """Return True if the target was reached."""
        return self.reached < self.wanted if self.is_cost else self.reached >= self.wanted

    def __str__(self) -> str:
        word, than = "PASS" if self.is_met else "MISS", "< " if self.is_cost else ""
        return f"{word}: {self.text}: {self.reached:.2f} (wanted: {than}{self.wanted:g})"
