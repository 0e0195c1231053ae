"""tofu-controller, in a cluster that has it."""

from __future__ import annotations

from kubestrata.constructs.data.operator import Operator


class TerraformController(Operator):
    """tofu-controller, which watches Terraform objects and starts a runner pod for each."""
