"""References to ConfigMaps and their keys."""

from __future__ import annotations

from kubeapis import k8s
from kubestrata.core.errors import InvalidReference, InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.reference import Reference, ReferenceName


class ConfigReference(Frozen):
    """A ConfigMap in the cluster, and the keys that it has."""

    ref: Reference
    keys: frozenset[str]

    @property
    def name(self) -> ReferenceName:
        """Return `metadata.name`; using it makes an edge."""
        return self.ref.name

    def key(self, name: str) -> ConfigKey:
        """Return one key; raises InvalidReference if the ConfigMap does not have it."""
        if name not in self.keys:
            from kubestrata.core.field_type import nearest  # noqa: PLC0415  # errors only

            fix = nearest(name, sorted(self.keys))
            raise InvalidReference(str(self.ref), f"has no key {name!r}", fix)
        return ConfigKey(self, name)

    def volume(self, *keys: str) -> k8s.ConfigMapVolumeSource:
        """Return a volume of all keys as files, or of `keys` only."""
        items = [k8s.KeyToPath(key=self.key(each).key, path=each) for each in keys]
        return k8s.ConfigMapVolumeSource(name=self.name, items=items or None)


class ConfigKey(Frozen):
    """One key of a ConfigMap."""

    config: ConfigReference
    key: str

    def __format__(self, format_spec: str) -> str:
        """Raise InvalidValue: text cannot read a value of a ConfigMap."""
        what = f"key {self.key!r} of a ConfigMap in text"
        raise InvalidValue(what, "has no value in Python", "pass it by env_from_config_maps")

    @property
    def name(self) -> ReferenceName:
        """Return the ConfigMap's name; using it makes an edge."""
        return self.config.name

    @property
    def selector(self) -> k8s.ConfigMapKeySelector:
        """Return the key as a ConfigMapKeySelector, for a variable of a container."""
        return k8s.ConfigMapKeySelector(name=self.name, key=self.key)
