"""Values of a release from Secrets, and from ConfigMaps shared by several releases."""

from __future__ import annotations

import re
from typing import Literal

from kubeapis import fluxcd, k8s
from kubestrata.constructs.config import create_config_map
from kubestrata.constructs.secret.secret_reference import SecretKey
from kubestrata.core.cluster import component_of
from kubestrata.core.errors import InvalidReference, InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import JsonObject
from kubestrata.core.node import Construct
from kubestrata.core.origin import caller
from kubestrata.core.reference import Reference
from kubestrata.core.render import render_open, unfold
from kubestrata.core.struct import Struct
from kubestrata.core.tree import path_of
from kubestrata.core.yaml_text import dump

_WHOLE = "values.yaml"
# helm-controller reconciles at once when an object with this label changes; without it, at the
# release's next interval. Source: Flux 2.7, HelmRelease "reacting to configuration dependencies".
WATCHED = {"reconcile.fluxcd.io/watch": "Enabled"}
# Source: HelmRelease spec.valuesFrom[].targetPath.
_PATH = re.compile(r"([A-Za-z0-9_\-.\\/]|\[[0-9]{1,5}\])+\Z")


class ValuesFrom(Frozen):
    """One key of a Secret or ConfigMap in the release's namespace; use one of the factories below.

    With a `path` the key holds one value (`web.clientSecret`), else a whole values document.
    """

    kind: Literal["ConfigMap", "Secret"]
    ref: Reference
    key: str
    path: str | None = None

    def __post_init__(self) -> None:
        if self.path is not None and not (len(self.path) <= 250 and _PATH.match(self.path)):
            fix = "write keys joined by dots, list items as [0]: 'server.hosts[0]'"
            raise InvalidValue(f"path {self.path!r}", "is not a valid path of values", fix)

    @classmethod
    def secret(cls, key: SecretKey, *, path: str | None = None) -> ValuesFrom:
        """Return a key of a Secret."""
        return cls("Secret", key.secret.ref, key.key, path)

    @classmethod
    def config_map(
        cls, ref: Reference, key: str = _WHOLE, *, path: str | None = None
    ) -> ValuesFrom:
        """Return a key of a ConfigMap."""
        return cls("ConfigMap", ref, key, path)

    def entry(self, namespace: str) -> fluxcd.HelmReleaseSpecValuesFrom:
        """Return the entry of a release in `namespace`; raises InvalidReference for another one."""
        if self.ref.object_namespace != namespace:
            why = f"is in namespace {self.ref.object_namespace!r}, its release in {namespace!r}"
            fix = f"create it in {namespace!r}: a release reads its own namespace only"
            raise InvalidReference(str(self.ref), why, fix)
        return fluxcd.HelmReleaseSpecValuesFrom(
            kind=self.kind, name=self.ref.name, values_key=self.key, target_path=self.path
        )


class SharedValues(Construct):
    """A ConfigMap of values for several releases of one namespace, which follow changes at once.

    `values` are the struct of a chart or any mapping; pass `source` to the releases.
    """

    def __init__(self, scope: Construct, id: str, *, values: Struct | JsonObject) -> None:
        super().__init__(scope, f"{id}-values")
        origin = caller(path_of(scope, id))
        if isinstance(values, Struct):
            values = unfold(values, origin, "values")
        plain, references = render_open(values, origin, "values")
        component = component_of(scope)
        for reference in references:
            component.needs(reference)
        self.resource = create_config_map(
            self,
            id,
            id,
            {_WHOLE: dump(plain)},
            naming="stable",
            metadata=k8s.ObjectMeta(labels=WATCHED),
        )

    @property
    def source(self) -> ValuesFrom:
        """Return the entry for `values_from` of a release."""
        return ValuesFrom.config_map(self.resource.ref)
