"""Terraform modules that configure a provider of logins, one for each application."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from kubestrata.constructs.terraform.terraform import Terraform
from kubestrata.constructs.terraform.terraform_inputs import TerraformInputs
from kubestrata.constructs.terraform.terraform_module import TerraformModule
from kubestrata.constructs.terraform.terraform_runner import TerraformRunner
from kubestrata.constructs.terraform.terraform_spec import TerraformSpec
from kubestrata.core.argument import require, require_each
from kubestrata.core.cluster import Cluster, Component
from kubestrata.core.errors import InvalidValue
from kubestrata.core.reference import Reference

_ID = "{id}"
_NOT_IN_VARIABLES = re.compile(r"[^A-Za-z0-9]+")


def check_differs(what: str, text: str) -> None:
    """Raise InvalidValue for a text without `{id}`."""
    if _ID not in text:
        why = f"is {text!r}, the same for every application"
        raise InvalidValue(what, why, f"write '{_ID}' into it")


def for_application(text: str, id: str) -> str:
    """Return `text` for the application `id`."""
    return text.replace(_ID, id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationModules:
    """One Terraform module for each application, in a component of its own.

    In these texts `{id}` is the id of an application: `path` of its module; `component`, the name
    of the component and of the Terraform object; `url_variable`, which gets the application's
    address. `names` are other names of components, by id. `inputs` are those of every module,
    whose Secrets are in `namespace`. `after` are applied first. Raises InvalidValue for a text
    without `{id}`.
    """

    path: str
    component: str
    layer: str
    namespace: Reference
    url_variable: str = "{id}_url"
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    inputs: TerraformInputs = field(default_factory=TerraformInputs)
    after: Sequence[Reference | Component] = ()
    runner: TerraformRunner | None = None
    spec: TerraformSpec | None = None

    def __post_init__(self) -> None:
        check_differs("path of ApplicationModules", self.path)
        check_differs("component of ApplicationModules", self.component)
        require("namespace of ApplicationModules", self.namespace, Reference)
        require_each("after of ApplicationModules", self.after, Reference, Component)

    def also_after(self, *others: Reference | Component) -> ApplicationModules:
        """Return the modules for applications that a module configures through their own API."""
        return replace(self, after=[*self.after, *others])

    def apply(self, cluster: Cluster, id: str, url: str) -> Terraform:
        """Create the component of the module of the application `id` at `url`."""
        name = self.names.get(id) or for_application(self.component, id)
        component = Component(cluster, name, layer=self.layer, namespace=self.namespace)
        for each in self.after:
            component.needs(each)
        variable = _NOT_IN_VARIABLES.sub("_", for_application(self.url_variable, id))
        return Terraform(
            component,
            name,
            module=TerraformModule(path=for_application(self.path, id)),
            inputs=self.inputs.plus({variable: url}),
            runner=self.runner,
            spec=self.spec,
        )
