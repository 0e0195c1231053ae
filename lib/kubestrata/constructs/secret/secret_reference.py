"""References to Secrets, independent of their back end."""

from __future__ import annotations

from kubeapis import k8s
from kubestrata.core.errors import InvalidReference, InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.reference import Reference, ReferenceName


class SecretReference(Frozen):
    """A Secret in the cluster; `keys` are those it has, None if they are unknown.

    `copies` are the other namespaces with a copy of the same name.
    """

    ref: Reference
    keys: frozenset[str] | None = None
    copies: frozenset[str] = frozenset()

    @property
    def name(self) -> ReferenceName:
        """Return `metadata.name`; using it makes an edge to the object that fills the Secret."""
        return self.ref.name

    @property
    def namespace(self) -> ReferenceName:
        """Return `metadata.namespace`; using it makes an edge."""
        return self.ref.namespace

    def key(self, name: str) -> SecretKey:
        """Return one key; raises InvalidReference if the Secret is known not to have it."""
        if self.keys is not None and name not in self.keys:
            why = f"has no key {name!r}; it has {', '.join(sorted(self.keys)) or 'none'}"
            raise InvalidReference(str(self.ref), why)
        return SecretKey(self, name)

    def copy_in(self, namespace: Reference) -> SecretReference:
        """Return the copy in another namespace; raises InvalidReference if there is none."""
        wanted = namespace.object_name
        if wanted not in self.copies:
            known = ", ".join(sorted(self.copies)) or "no other namespace"
            why = f"is not copied to namespace {wanted!r}; it is copied to {known}"
            fix = f"pass copies=ReflectedTo([...]) with namespace {wanted!r} where it is created"
            raise InvalidReference(str(self.ref), why, fix)
        ref = self.ref
        copied = Reference(ref.component, "", "Secret", ref.object_name, wanted, ref.resource)
        return SecretReference(copied, self.keys)

    def require_namespace(self, namespace: str) -> None:
        """Raise InvalidReference unless pods in `namespace` can use the Secret."""
        if self.ref.object_namespace != namespace:
            why = f"is in namespace {self.ref.object_namespace!r}, its user in {namespace!r}"
            fix = f"copy it to {namespace!r}, or create it there"
            raise InvalidReference(str(self.ref), why, fix)


class SecretKey(Frozen):
    """One key of a Secret."""

    secret: SecretReference
    key: str

    def __format__(self, format_spec: str) -> str:
        """Raise InvalidValue: text with a Secret's value is made in the cluster."""
        what = f"key {self.key!r} of a Secret in text"
        fix = "pass the key itself, or template=SecretTemplate({...}) to its ExternalSecret"
        raise InvalidValue(what, "has no value in Python", fix)

    @property
    def name(self) -> ReferenceName:
        """Return the Secret's name; using it makes an edge."""
        return self.secret.name

    @property
    def selector(self) -> k8s.SecretKeySelector:
        """Return the key as a SecretKeySelector."""
        return k8s.SecretKeySelector(name=self.name, key=self.key)
