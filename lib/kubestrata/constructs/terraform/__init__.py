"""Terraform modules that tofu-controller applies in the cluster."""

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
