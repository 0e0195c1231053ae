"""A cluster: its facts, the capabilities it provides, and its components.

Both are in one module, because each is defined by the other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from kubestrata.core import tree
from kubestrata.core.argument import require
from kubestrata.core.contents import Contents
from kubestrata.core.errors import DuplicateObject, InvalidReference, InvalidValue, MissingOffer
from kubestrata.core.field_type import nearest
from kubestrata.core.identity import Identity
from kubestrata.core.json_value import JsonObject, Manifest
from kubestrata.core.kubernetes_version import check_kubernetes
from kubestrata.core.names import check_label
from kubestrata.core.namespace import Namespace, NamespaceDefault
from kubestrata.core.node import App, Construct
from kubestrata.core.origin import Origin, caller
from kubestrata.core.reconcile import Reconcile
from kubestrata.core.reference import OwnedObject, Reference
from kubestrata.core.resource import RawResource
from kubestrata.core.source import RemoteManifests
from kubestrata.core.value.host import Host
from kubestrata.core.value.placeholder import Placeholder
from kubestrata.core.written import Edge, WrittenFile, WrittenObject

if TYPE_CHECKING:
    from cdk8s import ApiObject
    from constructs import IConstruct

_Offer = TypeVar("_Offer")
_Check = TypeVar("_Check", bound="ClusterCheck")
_RESERVED = ("argocd", "bootstrap", "flux", "talos")
LAYERS = ("infrastructure", "security", "observability", "apps")


class Delivery(Protocol):
    """The settings of a delivery, such as Flux or Argo CD, as far as a cluster reads them."""

    @property
    def namespace(self) -> str:
        """The namespace of the delivery's own objects, such as its sources."""
        ...

    @property
    def placeholders(self) -> Sequence[str]:
        """The names of variables that the cluster substitutes."""
        ...

    @property
    def groups(self) -> frozenset[str]:
        """API groups whose CRDs the delivery itself installs."""
        ...


class ClusterCheck:
    """A check of a whole cluster, run before it is delivered."""

    def check(self, cluster: Cluster) -> None:
        """Raise the error of the first problem."""
        raise NotImplementedError


class ClusterFiles(Protocol):
    """Files of a cluster that its delivery does not apply, derived from its components."""

    @property
    def origin(self) -> Origin:
        """The line that declares them."""
        ...

    def files(self) -> Sequence[WrittenFile]:
        """Return the files; called once every component is complete."""
        ...


class ClusterHolder(App):
    """The root of the construct tree; `Platform` adds synthesis."""

    def __init__(self, outdir: str) -> None:
        super().__init__(outdir=outdir)
        tree.plant(self)
        self._clusters: dict[str, Cluster] = {}

    @property
    def clusters(self) -> Sequence[Cluster]:
        """The clusters, by name."""
        return [self._clusters[name] for name in sorted(self._clusters)]

    def add_cluster(self, cluster: Cluster) -> None:
        """Add a cluster; called by the cluster itself."""
        self._clusters[cluster.name] = cluster


class Cluster(Construct):
    """One Kubernetes cluster. Its facts are fixed at creation; charts read them."""

    def __init__(
        self,
        scope: ClusterHolder,
        name: str,
        *,
        domain: Host,
        delivery: Delivery,
        kubernetes: str,
        layers: Sequence[str] = LAYERS,
        provided_groups: Sequence[str] = (),
        offers: Sequence[object] = (),
    ) -> None:
        """`kubernetes` is the minor version (`1.35`); `layers` are listed in order of deployment.

        `provided_groups` are API groups whose CRDs exist before GitOps begins; `offers` are the
        capabilities that the cluster provides from the beginning (see `offer`).
        """
        origin = caller(name)
        check_label("cluster", name, where=origin)
        fix = "write Host('example.com')"
        require(f"domain of cluster {name}", domain, Host, fix=fix)
        _require_delivery(name, delivery)
        check_kubernetes(name, kubernetes, where=origin)
        for layer in layers:
            check_label("layer", layer, where=origin)
            if layer in _RESERVED:
                why = "is a folder that the delivery writes itself"
                raise InvalidValue(f"layer {layer!r}", why, where=origin)
        super().__init__(scope, name)
        self.origin: Origin = origin
        self.name = name
        self.domain = domain
        self.delivery = delivery
        self.kubernetes = kubernetes
        self.layers = tuple(layers)
        self.provided_groups = frozenset(provided_groups) | delivery.groups
        self._components: dict[str, Component] = {}
        self._namespaces: set[str] = set()
        self._given: dict[Identity, Origin] = {}
        self._offers: list[tuple[object, Origin]] = []
        self._checks: list[ClusterCheck] = []
        self._files: list[ClusterFiles] = []
        self._early: list[tuple[Manifest, Origin]] = []
        for value in offers:
            self.offer(value)
        self.platform = scope
        scope.add_cluster(self)

    @property
    def components(self) -> Sequence[Component]:
        """The components, by name."""
        return [self._components[name] for name in sorted(self._components)]

    def owner_of(self, reference: Reference) -> Component:
        """Return the component of a reference; raises InvalidReference for another cluster's."""
        found = self._components.get(reference.component.name)
        if found is None or found is not reference.component:
            raise InvalidReference(str(reference), f"is not in cluster {self.name}")
        return found

    def require_component(self, component: object, origin: Origin) -> None:
        """Raise InvalidReference at `origin` for a component of another cluster."""
        if component not in self.components:
            name = component.name if isinstance(component, Component) else str(component)
            why = f"is not in cluster {self.name}"
            raise InvalidReference(f"component {name!r}", why, where=origin)

    def host(self, label: str) -> Host:
        """Return the host `label` in the cluster's domain."""
        return self.domain.sub(label)

    def placeholder(self, name: str) -> Placeholder:
        """Return the placeholder of a variable; raises InvalidValue if it is not declared."""
        if name not in self.delivery.placeholders:
            known = ", ".join(sorted(self.delivery.placeholders)) or "none"
            why = f"is not declared by cluster {self.name}, which declares {known}"
            raise InvalidValue(f"placeholder {name!r}", why)
        return Placeholder(name)

    def offer(self, value: object) -> None:
        """Provide `value` to constructs by its type: gateways, the network, a secret store.

        Raises DuplicateObject if one of its type is provided already, InvalidValue for a namespace
        default that comes after the first component.
        """
        origin, what = caller(self.name), type(value).__name__
        for other, line in self._offers:
            if type(other) is type(value):
                why = f"cluster {self.name} provides one already, from {line}"
                raise DuplicateObject(what, why, "provide one of each type", where=origin)
        if isinstance(value, NamespaceDefault) and self._components:
            why = f"comes after component {min(self._components)!r}, whose namespace would lack it"
            raise InvalidValue(what, why, "pass it as offers= of the Cluster", where=origin)
        self._offers.append((value, origin))

    def find(self, wanted: type[_Offer]) -> _Offer | None:
        """Return the value of a type that the cluster provides, None if there is none."""
        return next((value for value, _ in self._offers if isinstance(value, wanted)), None)

    def ask(self, wanted: type[_Offer]) -> _Offer:
        """Return the value of a type that the cluster provides; raises MissingOffer if none."""
        found = self.find(wanted)
        if found is None:
            known = ", ".join(sorted(type(value).__name__ for value, _ in self._offers))
            why = f"cluster {self.name} provides none; it provides {known or 'nothing'}"
            fix = f"call offer({wanted.__name__}(...)) on the cluster before this line"
            raise MissingOffer(wanted.__name__, why, fix)
        return found

    def given(self, reference: Reference) -> Reference:
        """Register an object that exists before GitOps begins, and return it.

        The contract lists it as an input of whoever delivers the cluster.
        """
        self._given.setdefault(reference.identity, caller(self.name))
        return reference

    @property
    def given_objects(self) -> Mapping[Identity, Origin]:
        """Objects that exist before GitOps begins, with the lines that register them."""
        return dict(self._given)

    def add_early_document(self, manifest: Manifest, origin: Origin) -> None:
        """Add a document that is applied before GitOps begins, such as a node's configuration.

        Its references to secrets are a part of the contract.
        """
        self._early.append((manifest, origin))

    @property
    def early_documents(self) -> Sequence[tuple[Manifest, Origin]]:
        """Documents that are applied before GitOps begins, with the lines that declare them."""
        return list(self._early)

    def check_of(self, kind: type[_Check]) -> _Check:
        """Return the cluster's check of a type, created at the first use."""
        for known in self._checks:
            if isinstance(known, kind):
                return known
        made = kind()
        self._checks.append(made)
        return made

    def run_checks(self) -> None:
        """Run the checks of the whole cluster; raise the error of the first problem."""
        for each in self._checks:
            each.check(self)

    def add_files(self, files: ClusterFiles) -> None:
        """Add files that the delivery does not apply, such as patches of a machine configuration.

        Raises DuplicateObject if files of the same type were added.
        """
        for known in self._files:
            if type(known) is type(files):
                why = f"cluster {self.name} has one already, from {known.origin}"
                what, fix = type(files).__name__, "declare all of them in one"
                raise DuplicateObject(what, why, fix, where=files.origin)
        self._files.append(files)

    def own_files(self) -> list[WrittenFile]:
        """Return the files that the delivery does not apply, sorted by path."""
        made = (file for each in self._files for file in each.files())
        return sorted(made, key=lambda file: file.path)

    @property
    def namespace_defaults(self) -> Sequence[NamespaceDefault]:
        """The defaults of every namespace that a component declares."""
        return [value for value, _ in self._offers if isinstance(value, NamespaceDefault)]

    def declares(self, namespace: str) -> bool:
        """Return True if a component created so far declares the namespace."""
        return namespace in self._namespaces

    def add_namespace(self, name: str) -> None:
        """Register a declared namespace; called by the component that declares it."""
        self._namespaces.add(name)

    def add_component(self, component: Component) -> None:
        """Add a component; called by the component itself."""
        self._components[component.name] = component


class Component(Contents):
    """A unit of deployment, ownership and ordering.

    `namespace` is a Namespace to declare, or a reference to one that another component declares.
    A component with a `source` has no objects of its own: Flux reads them from that source.
    """

    def __init__(
        self,
        scope: Cluster,
        name: str,
        *,
        layer: str,
        namespace: Namespace | Reference | None = None,
        source: RemoteManifests | None = None,
        reconcile: Reconcile | None = None,
    ) -> None:
        origin = caller(f"{scope.name}/{name}")
        where = str(origin)
        check_label("component", name, where=where)
        if layer not in scope.layers:
            why = f"is not a layer of cluster {scope.name}, which has {', '.join(scope.layers)}"
            fix = nearest(layer, list(scope.layers))
            raise InvalidValue(f"layer {layer!r}", why, fix, where=where)
        if namespace is not None:
            fix = f"write Namespace({str(namespace)!r}, pod_security='restricted')"
            what = f"namespace of component {name!r}"
            require(what, namespace, Namespace, Reference, fix=fix)
        home = namespace.name if isinstance(namespace, Namespace) else None
        home = namespace.object_name if isinstance(namespace, Reference) else home
        super().__init__(scope, name, origin, home)
        tree.enroll(self)
        self.cluster = scope
        self.layer = layer
        self.source = source
        self.reconcile = reconcile
        self._home = self._settle(namespace)
        if source is not None:
            self.provides(source.groups)
        scope.add_component(self)

    def _settle(self, namespace: Namespace | Reference | None) -> Reference | None:
        if isinstance(namespace, Namespace):
            return self.declare(namespace, id="namespace")
        if namespace is not None:
            self.needs(namespace)
        return namespace

    def declare(self, namespace: Namespace, *, id: str | None = None) -> Reference:
        """Declare a namespace, with the defaults of the cluster for namespaces.

        The component's own namespace is declared already; use this for a shared one. `id`
        defaults to its name.
        """
        manifest: JsonObject = {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": namespace.name, "labels": namespace.manifest_labels},
        }
        made = RawResource(self, id or namespace.name, manifest).ref
        self.cluster.add_namespace(namespace.name)
        for default in self.cluster.namespace_defaults:
            default.add_to_namespace(self, made)
        return made

    def needs(self, target: Reference | Component) -> None:
        """Order this component after `target`.

        Constructs call this for each object that is passed to them; charts only pass objects.
        """
        fix = "pass a component, or the `ready` of a construct"
        require(f"need of component {self.name!r}", target, Reference, Component, fix=fix)
        reference = (
            target if isinstance(target, Reference) else Reference(target, "", "", target.name)
        )
        origin = caller(tree.path_of(self))
        self.check_reference(reference, origin)
        self._edges.append(Edge(reference, origin))

    def check_reference(self, reference: Reference, origin: Origin) -> None:
        """Raise InvalidReference for an object of another cluster."""
        theirs = reference.component.cluster
        if theirs is not self.cluster:
            why = (
                f"is in cluster {theirs.name} (made at {reference.component.origin}), "
                f"but {self.name} runs in cluster {self.cluster.name}"
            )
            fix = f"pass the object of cluster {self.cluster.name}"
            raise InvalidReference(f"reference to {reference}", why, fix, where=origin)

    def add_dependency(self, *dependencies: IConstruct) -> None:
        """Order charts, as in cdk8s; the same as `needs` for components."""
        for dependency in dependencies:
            if isinstance(dependency, Component):
                self.needs(dependency)
            else:
                self.node.add_dependency(dependency)

    def adopt(self, resource: OwnedObject, scope: Construct, id: str) -> None:
        """Add a resource; called by the resource itself."""
        tree.claim(scope, id, resource.origin)
        for reference in resource.references:
            self.check_reference(reference, resource.origin)
        if self.source is not None:
            why = "has a remote source, so it cannot have objects of its own"
            raise DuplicateObject(f"component {self.name!r}", why, where=resource.origin)
        self._resources.append(resource)

    def node_object(self, resource: OwnedObject) -> ApiObject:
        """Return the ApiObject of `resource` in Node, created at the first call."""
        if resource.identity not in self._in_node:
            from kubestrata.core import node_objects

            self._in_node[resource.identity] = node_objects.create(self, resource)
        return self._in_node[resource.identity]

    def rendered(self) -> list[WrittenObject]:
        """Return every object of the component, native and foreign, sorted by identity."""
        ours = [
            WrittenObject(item.identity, item.body, item.origin, item.references)
            for item in self._resources
        ]
        if self._foreign:
            from kubestrata.core import node_objects

            ours = node_objects.merge(self, ours, self._foreign)
        return sorted(ours, key=lambda item: item.identity)

    def to_json(self) -> list[Any]:
        """Return the rendered objects as plain JSON, for Node and cdk8s snapshots."""
        return [json.loads(json.dumps(item.manifest)) for item in self.rendered()]


def _require_delivery(cluster: str, delivery: object) -> None:
    """Raise InvalidValue for settings that are not those of a delivery."""
    if not all(hasattr(delivery, each) for each in ("groups", "namespace", "placeholders")):
        why = f"is a {type(delivery).__name__}, not the settings of a delivery"
        fix = "write Flux(repository=GitRepository(url=...))"
        raise InvalidValue(f"delivery of cluster {cluster}", why, fix)


def component_of(construct: IConstruct) -> Component:
    """Return the component that contains a construct; raises InvalidReference if there is none."""
    return cast("Component", tree.owner_of(construct))  # nothing else is enrolled
