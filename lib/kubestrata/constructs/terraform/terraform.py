"""Terraform modules, applied from Git by tofu-controller."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kubeapis.tofu import v1alpha2 as kinds
from kubestrata.constructs.secret.secret_reference import SecretReference
from kubestrata.constructs.terraform.terraform_controller import TerraformController
from kubestrata.constructs.terraform.terraform_inputs import TerraformInputs, check_name
from kubestrata.constructs.terraform.terraform_module import TerraformModule
from kubestrata.constructs.terraform.terraform_runner import TerraformRunner
from kubestrata.constructs.terraform.terraform_spec import TerraformSpec
from kubestrata.core import patch as patching
from kubestrata.core.cluster import component_of
from kubestrata.core.errors import InvalidReference, InvalidValue
from kubestrata.core.node import Construct
from kubestrata.core.patch import TypedPatch
from kubestrata.core.reference import Reference


class Terraform(Construct):
    """One Terraform object named `id`, which applies `module`.

    `outputs` of the module become a Secret named `<id>-outputs`. `after` are Terraform objects that
    are applied first. `ready` is for components that need what the module creates. Raises
    InvalidReference for a Secret of another namespace or for `after` of another kind, InvalidValue
    for the name of an output that Terraform does not accept.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        module: TerraformModule,
        inputs: TerraformInputs | None = None,
        outputs: Sequence[str] = (),
        after: Sequence[Terraform | Reference] = (),
        runner: TerraformRunner | None = None,
        spec: TerraformSpec | None = None,
        patches: Sequence[TypedPatch[Any]] = (),
    ) -> None:
        super().__init__(scope, f"{id}-terraform")
        patching.register(self, patches)
        component = component_of(scope)
        TerraformController.precedes(component)
        given, pod = inputs or TerraformInputs(), runner or TerraformRunner()
        settings = spec or TerraformSpec()
        for name in outputs:
            check_name("output", name)
        self.resource = kinds.Terraform(
            self,
            id,
            spec=kinds.TerraformSpec(
                # Empty: the plan waits for its name.
                approve_plan="auto" if settings.approval == "auto" else "",
                interval=settings.interval,
                retry_interval=settings.retry_interval,
                destroy_resources_on_deletion=True if settings.destroys else None,
                path=module.path,
                source_ref=kinds.TerraformSpecSourceRef(kind=module.kind, name=module.source),
                service_account_name=pod.service_account,
                vars=given.vars or None,
                vars_from=given.vars_from or None,
                backend_config=_backend(settings),
                depends_on=_after(after) or None,
                runner_pod_template=pod.template,
                write_outputs_to_secret=_outputs(id, outputs),
            ),
        )
        namespace = self.resource.identity.namespace
        for key in given.secrets.values():
            key.secret.require_namespace(namespace)
        self.ready = self.resource.ref
        self._keys = frozenset(outputs)
        self._secret = self.ready.makes("Secret", f"{id}-outputs")
        patching.check_used(self)

    @property
    def outputs(self) -> SecretReference:
        """Return the Secret with the outputs; raises InvalidValue if none are written."""
        if not self._keys:
            what, why = f"Terraform {self.ready.object_name!r}", "writes no outputs"
            raise InvalidValue(what, why, "pass outputs=['name', ...]")
        return SecretReference(self._secret, self._keys)


def _backend(spec: TerraformSpec) -> kinds.TerraformSpecBackendConfig | None:
    if spec.backend is None:
        return None
    return kinds.TerraformSpecBackendConfig(custom_configuration=spec.backend)


def _after(others: Sequence[Terraform | Reference]) -> list[kinds.TerraformSpecDependsOn]:
    found = [each.ready if isinstance(each, Terraform) else each for each in others]
    for each in found:
        if each.kind != "Terraform":
            fix = "order components with component.needs(...)"
            raise InvalidReference(str(each), "is not a Terraform object", fix)
    return [
        kinds.TerraformSpecDependsOn(name=each.name, namespace=each.namespace) for each in found
    ]


def _outputs(id: str, names: Sequence[str]) -> kinds.TerraformSpecWriteOutputsToSecret | None:
    if not names:
        return None
    return kinds.TerraformSpecWriteOutputsToSecret(name=f"{id}-outputs", outputs=list(names))
