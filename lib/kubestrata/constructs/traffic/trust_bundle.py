"""Certificate authorities that the pods of many namespaces trust, distributed by trust-manager."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kubeapis import k8s
from kubeapis import trust_manager as api
from kubestrata.constructs.config.config_reference import ConfigKey, ConfigReference
from kubestrata.constructs.secret.secret_reference import SecretKey
from kubestrata.core.argument import require_each
from kubestrata.core.cluster import component_of
from kubestrata.core.errors import InvalidReference, InvalidValue
from kubestrata.core.json_value import mapping
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference

AuthoritySource = ConfigKey | SecretKey | str
_BEGIN = "-----BEGIN CERTIFICATE-----"


class TrustBundle(Construct):
    """One Bundle of trust-manager: the ConfigMap `id` in every namespace, or in labelled ones.

    `sources` are keys of Secrets and ConfigMaps in trust-manager's trust namespace, or PEM. With
    `public` the authorities of the default image are added. Renewed sources reach every copy;
    `namespaces` are labels, None for all. Raises InvalidReference for sources in two namespaces.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        sources: Sequence[AuthoritySource],
        key: str = "ca-certificates.crt",
        public: bool = False,
        namespaces: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(scope, f"{id}-bundle")
        if not sources and not public:
            fix = "pass sources=[authority.secret.key('ca.crt')]"
            raise InvalidValue(f"TrustBundle {id!r}", "has no source", fix)
        require_each(f"sources of TrustBundle {id!r}", sources, str, SecretKey, ConfigKey)
        _check_sources(id, sources)
        self._name, self._key = id, key
        given = [_source(each) for each in sources]
        default = [api.BundleSpecSources(use_default_cas=True)] if public else []
        selector = k8s.LabelSelector(match_labels=namespaces) if namespaces else None
        self.resource = api.Bundle(
            self,
            id,
            spec=api.BundleSpec(
                sources=[*given, *default],
                target=api.BundleSpecTarget(
                    config_map=api.BundleSpecTargetConfigMap(key=key),
                    namespace_selector=selector,
                ),
            ),
        )
        self._labels = dict(namespaces or {})

    @property
    def ref(self) -> Reference:
        """Return the Bundle."""
        return self.resource.ref

    def copy_in(self, namespace: Reference | str) -> ConfigKey:
        """Return the authorities in a namespace, PEM; components that use them wait for the Bundle.

        Raises InvalidReference for a namespace of this cluster that lacks the labels.
        """
        name = namespace if isinstance(namespace, str) else namespace.object_name
        if isinstance(namespace, Reference):
            self._check_labels(namespace)
        made = Reference(component_of(self), "", "ConfigMap", self._name, name, self.resource)
        return ConfigReference(made, frozenset({self._key})).key(self._key)

    def _check_labels(self, namespace: Reference) -> None:
        body = namespace.resource.body if namespace.resource is not None else None
        if body is None:
            return
        has = mapping(mapping(body.get("metadata")).get("labels"))
        lacking = {key: value for key, value in self._labels.items() if has.get(key) != value}
        if lacking:
            wanted = ", ".join(f"{key}={value}" for key, value in sorted(lacking.items()))
            why = f"does not get TrustBundle {self._name!r}, which requires {wanted}"
            raise InvalidReference(str(namespace), why, "add the label to its Namespace")


def _check_sources(id: str, sources: Sequence[AuthoritySource]) -> None:
    spaces: dict[str, str] = {}
    for each in sources:
        if isinstance(each, str):
            if _BEGIN not in each:
                why, fix = "is not PEM", f"pass a certificate that begins with {_BEGIN}"
                raise InvalidValue(f"source of TrustBundle {id!r}", why, fix)
            continue
        ref = each.config.ref if isinstance(each, ConfigKey) else each.secret.ref
        spaces.setdefault(ref.object_namespace or "", str(ref))
    if len(spaces) > 1:
        first, other, *_ = spaces.values()
        why = f"is not in the namespace of {first}: trust-manager reads one namespace"
        raise InvalidReference(other, why, "create it in the trust namespace")


def _source(source: AuthoritySource) -> api.BundleSpecSources:
    if isinstance(source, str):
        return api.BundleSpecSources(in_line=source)
    entry = api.BundleSpecSourcesSecret(name=source.name, key=source.key)
    if isinstance(source, ConfigKey):
        return api.BundleSpecSources(config_map=entry)
    return api.BundleSpecSources(secret=entry)
