"""Settings of a Terraform object: approval, times, and where its state is kept."""

from __future__ import annotations

from typing import Literal

from kubestrata.core.declaration import Declaration
from kubestrata.core.value.duration import Duration


class TerraformSpec(Declaration, kw_only=True):
    """Times of a Terraform object, its state, and who approves a plan.

    With approval `manual` the plan waits until its name is written into the object. `backend` is a
    block of Terraform's language, `backend "s3" {...}`; by default the state is in a Secret beside
    the object. `destroys` is True where deletion of the object also destroys what it created.
    """

    approval: Literal["auto", "manual"] = "auto"
    interval: Duration = Duration("15m")
    retry_interval: Duration | None = None
    backend: str | None = None
    destroys: bool = False

    def __post_init__(self) -> None:
        """Reject a backend that is not a block."""
        super().__post_init__()
        if self.backend is not None and not self.backend.lstrip().startswith('backend "'):
            raise self.refuse("backend", "is not a backend block", "write 'backend \"s3\" {...}'")
