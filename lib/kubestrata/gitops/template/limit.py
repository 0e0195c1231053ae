"""Limits on the work of templates: they come from untrusted repositories."""

from __future__ import annotations

from dataclasses import dataclass

from kubestrata.gitops.template.error import NotEvaluatedError

MOST_TEXT = 100_000
_MOST_STEPS = 1_000_000


def refuse_length(size: int) -> None:
    """Raise NotEvaluatedError if a text would be too long."""
    if size > MOST_TEXT:
        raise NotEvaluatedError(f"a function makes more than {MOST_TEXT} characters")


@dataclass(slots=True)
class Budget:
    """The steps that all templates of one ApplicationSet may take; lengths count as steps."""

    left: int = _MOST_STEPS

    def spend(self, steps: int) -> None:
        """Take steps; raises NotEvaluatedError if none are left."""
        self.left -= steps
        if self.left < 0:
            raise NotEvaluatedError(f"its templates need more than {_MOST_STEPS} steps")
