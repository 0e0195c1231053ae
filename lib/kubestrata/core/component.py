"""A component: one deployable unit, one folder in `dist/`, one or more Flux Kustomizations."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from kubestrata.core import tree
from kubestrata.core.errors import DuplicateObject, InvalidReference, InvalidValue
from kubestrata.core.identity import Identity
from kubestrata.core.json_value import JsonObject
from kubestrata.core.names import check_label
from kubestrata.core.namespace import Namespace
from kubestrata.core.node import Chart, Construct
from kubestrata.core.origin import Origin, caller
from kubestrata.core.reconcile import Reconcile
from kubestrata.core.reference import Reference
from kubestrata.core.resource import RawResource, Resource
from kubestrata.core.source import ChartSource, RemoteManifests
from kubestrata.core.waiver import Waiver
from kubestrata.core.written import Edge, PassedFile, Provision, RenderedObject

if TYPE_CHECKING:
    from cdk8s import ApiObject
    from constructs import IConstruct

    from kubestrata.core.cluster import Cluster


class Component(Chart):
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
        self.origin: Origin = caller(f"{scope.name}/{name}")
        where = str(self.origin)
        check_label("component", name, where=where)
        if layer not in scope.layers:
            known = ", ".join(scope.layers)
            raise InvalidValue(f"layer {layer!r}", f"cluster {scope.name} has {known}", where=where)
        home = namespace.name if isinstance(namespace, Namespace) else None
        home = namespace.object_name if isinstance(namespace, Reference) else home
        self.waivers: list[Waiver] = []
        self._resources: list[Resource] = []
        self._files: list[PassedFile] = []
        self._edges: list[Edge] = []
        self._provisions: list[Provision] = []
        self._required: list[tuple[str, Origin]] = []
        self._policies: list[Origin] = []
        self._foreign: list[IConstruct] = []
        self._repositories: list[tuple[ChartSource, Origin]] = []
        self._in_node: dict[Identity, ApiObject] = {}
        super().__init__(scope, name, disable_resource_name_hashes=True, namespace=home)
        tree.enroll(self)
        self.cluster = scope
        self.name = name
        self.layer = layer
        self.source = source
        self.reconcile = reconcile
        self._home: Reference | None = None
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

    @property
    def home_namespace(self) -> Reference:
        """The namespace of the component; raises InvalidReference if it has none."""
        if self._home is None:
            why = "has no namespace of its own"
            raise InvalidReference(f"component {self.name!r}", why)
        return self._home

    def default_namespace(self, origin: Origin) -> str:
        """Return the namespace of objects that set none."""
        if self._home is None:
            why = f"the object sets no namespace and component {self.name!r} has none"
            fix = "pass namespace= to the component, or metadata with a namespace"
            raise InvalidReference("namespace", why, fix, where=origin)
        return self._home.object_name

    def needs(self, target: Reference | Component) -> None:
        """Order this component after `target`.

        Constructs call this for each object that is passed to them; charts only pass objects.
        """
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

    def provides(self, groups: Iterable[str], by: Resource | None = None) -> None:
        """Declare that `by`, once ready, provides the CRDs of these API groups."""
        found = frozenset(groups)
        if found:
            self._provisions.append(Provision(found, by, caller(tree.path_of(self))))

    def requires(self, groups: Iterable[str]) -> None:
        """Declare that a chart of this component creates custom resources of these API groups."""
        origin = caller(tree.path_of(self))
        self._required.extend((group, origin) for group in groups)

    def makes_policies(self) -> None:
        """Declare that a chart of this component creates admission policies.

        Their exclusions are unknown, so every component of a later layer waits for this one.
        """
        self._policies.append(caller(tree.path_of(self)))

    def uses_repository(self, source: ChartSource) -> None:
        """Declare the source of a chart; its object is created once per cluster."""
        self._repositories.append((source, caller(tree.path_of(self))))

    def pass_file(self, file: PassedFile) -> None:
        """Write a file byte for byte into the component's folder."""
        self._files.append(file)

    def adopt(self, resource: Resource, scope: Construct, id: str) -> None:
        """Add a resource; called by the resource itself."""
        tree.claim(scope, id, resource.origin)
        for reference in resource.references:
            self.check_reference(reference, resource.origin)
        if self.source is not None:
            why = "has a remote source, so it cannot have objects of its own"
            raise DuplicateObject(f"component {self.name!r}", why, where=resource.origin)
        self._resources.append(resource)

    def note_foreign(self, construct: IConstruct) -> None:
        """Register a construct that may create objects in Node."""
        self._foreign.append(construct)

    def node_object(self, resource: Resource) -> ApiObject:
        """Return the ApiObject of `resource` in Node, created at the first call."""
        if resource.identity not in self._in_node:
            from kubestrata.core import node_objects

            self._in_node[resource.identity] = node_objects.create(self, resource)
        return self._in_node[resource.identity]

    def is_in_node(self, identity: Identity) -> bool:
        """Return True if the object exists in Node too."""
        return identity in self._in_node

    @property
    def edges(self) -> Sequence[Edge]:
        """The dependencies that `needs` added."""
        return self._edges

    @property
    def provisions(self) -> Sequence[Provision]:
        """The CRDs that this component provides."""
        return self._provisions

    @property
    def required_groups(self) -> Sequence[tuple[str, Origin]]:
        """API groups of custom resources that its charts create, with the declaring lines."""
        return self._required

    @property
    def policies(self) -> Sequence[Origin]:
        """The lines that declare that its charts create admission policies."""
        return self._policies

    @property
    def repositories(self) -> Sequence[tuple[ChartSource, Origin]]:
        """The sources of the charts of its releases, with the lines that declare them."""
        return self._repositories

    @property
    def files(self) -> Sequence[PassedFile]:
        """The files that are written byte for byte."""
        return self._files

    def rendered(self) -> list[RenderedObject]:
        """Return every object of the component, native and foreign, sorted by identity."""
        ours = [
            RenderedObject(item.identity, item.body, item.origin, item.references, item)
            for item in self._resources
        ]
        if self._foreign:
            from kubestrata.core import node_objects

            ours = node_objects.merge(self, ours, self._foreign)
        return sorted(ours, key=lambda item: item.identity)

    def to_json(self) -> list[Any]:
        """Return the rendered objects as plain JSON, for Node and cdk8s snapshots."""
        return [json.loads(json.dumps(item.manifest)) for item in self.rendered()]
