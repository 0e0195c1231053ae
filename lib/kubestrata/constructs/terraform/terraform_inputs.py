"""Input variables of a Terraform module."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec import field

from kubeapis.tofu import v1alpha2 as kinds
from kubestrata.constructs.secret.secret_reference import SecretKey
from kubestrata.core.argument import require
from kubestrata.core.errors import DuplicateObject, InvalidValue
from kubestrata.core.field_type import nearest
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import Json

_NAME = re.compile(r"[A-Za-z_][-A-Za-z0-9_]*\Z")


def check_name(what: str, name: str) -> None:
    """Raise InvalidValue for a name that Terraform does not accept."""
    if not _NAME.match(name):
        why = "is not a valid name: must be letters, digits, '_' and '-', a letter or '_' first"
        raise InvalidValue(f"{what} {name!r} of Terraform", why)


class TerraformInputs(Frozen, kw_only=True):
    """Values and Secrets of a module, by the names of its variables.

    `optional` are variables out of `secrets` whose Secret may be missing. Raises InvalidValue for a
    name that Terraform does not accept, DuplicateObject for a variable in both.
    """

    values: Mapping[str, Json] = field(default_factory=dict[str, Json])
    secrets: Mapping[str, SecretKey] = field(default_factory=dict[str, SecretKey])
    optional: Sequence[str] = ()

    def __post_init__(self) -> None:
        for name in (*self.values, *self.secrets):
            check_name("variable", name)
        for name, key in self.secrets.items():
            fix = "name a key of a Secret: secret.key('token'), or write it to values="
            require(f"variable {name!r} of Terraform", key, SecretKey, fix=fix)
        for name in self.values:
            if name in self.secrets:
                why = "is set twice: in values= and in secrets="
                raise DuplicateObject(f"variable {name!r} of Terraform", why, "remove one")
        for name in self.optional:
            if name not in self.secrets:
                why = "is optional, but not in secrets="
                fix = nearest(name, list(self.secrets))
                raise InvalidValue(f"variable {name!r} of Terraform", why, fix)

    def plus(self, values: Mapping[str, Json]) -> TerraformInputs:
        """Return the inputs with further values."""
        merged = {**self.values, **values}
        return TerraformInputs(values=merged, secrets=self.secrets, optional=self.optional)

    @property
    def vars(self) -> list[kinds.TerraformSpecVars]:
        """Return the values."""
        return [
            kinds.TerraformSpecVars(name=name, value=each) for name, each in self.values.items()
        ]

    @property
    def vars_from(self) -> list[kinds.TerraformSpecVarsFrom]:
        """Return an entry for each Secret, with its keys renamed to the variables."""
        found: dict[tuple[str, bool], tuple[SecretKey, list[str]]] = {}
        for name, key in self.secrets.items():
            group = key.secret.ref.object_name, name in self.optional
            _, names = found.setdefault(group, (key, []))
            names.append(name if key.key == name else f"{key.key}:{name}")
        return [
            kinds.TerraformSpecVarsFrom(
                kind="Secret", name=key.name, vars_keys=names, optional=True if missing else None
            )
            for (_, missing), (key, names) in found.items()
        ]
