"""Terraform modules that tofu-controller applies in the cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubestrata.core.lazy_names import load_when_used

if TYPE_CHECKING:
    from kubestrata.constructs.terraform.terraform import Terraform
    from kubestrata.constructs.terraform.terraform_controller import TerraformController
    from kubestrata.constructs.terraform.terraform_inputs import TerraformInputs
    from kubestrata.constructs.terraform.terraform_module import TerraformModule
    from kubestrata.constructs.terraform.terraform_runner import TerraformRunner, TrustedCa
    from kubestrata.constructs.terraform.terraform_spec import TerraformSpec

__all__ = [
    "Terraform",
    "TerraformController",
    "TerraformInputs",
    "TerraformModule",
    "TerraformRunner",
    "TerraformSpec",
    "TrustedCa",
]

__getattr__, __dir__ = load_when_used(
    __name__,
    {
        "terraform": "Terraform",
        "terraform_controller": "TerraformController",
        "terraform_inputs": "TerraformInputs",
        "terraform_module": "TerraformModule",
        "terraform_runner": "TerraformRunner TrustedCa",
        "terraform_spec": "TerraformSpec",
    },
)
