"""The contents of a component: objects, files, and what its constructs declare of its charts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from kubestrata.core import tree
from kubestrata.core.errors import InvalidReference
from kubestrata.core.identity import Identity
from kubestrata.core.node import Chart, Construct
from kubestrata.core.origin import Origin, caller
from kubestrata.core.reference import OwnedObject, Reference
from kubestrata.core.source import ChartSource
from kubestrata.core.waiver import Waiver
from kubestrata.core.written import Edge, PassedFile, Provision

if TYPE_CHECKING:
    from cdk8s import ApiObject
    from constructs import IConstruct


class Contents(Chart):
    """The part of a component that is independent of its cluster; `Component` adds the rest."""

    def __init__(self, scope: Construct, name: str, origin: Origin, namespace: str | None) -> None:
        self.name = name
        self.origin = origin
        self.waivers: list[Waiver] = []
        self._home: Reference | None = None
        self._resources: list[OwnedObject] = []
        self._files: list[PassedFile] = []
        self._edges: list[Edge] = []
        self._provisions: list[Provision] = []
        self._required: list[tuple[str, Origin]] = []
        self._policies: list[Origin] = []
        self._foreign: list[IConstruct] = []
        self._repositories: list[tuple[ChartSource, Origin]] = []
        self._in_node: dict[Identity, ApiObject] = {}
        super().__init__(scope, name, disable_resource_name_hashes=True, namespace=namespace)

    @property
    def home_namespace(self) -> Reference:
        """The namespace of the component; raises InvalidReference if it has none."""
        if self._home is None:
            why = "has no namespace of its own"
            raise InvalidReference(f"component {self.name!r}", why)
        return self._home

    @property
    def home_name(self) -> str | None:
        """The name of its namespace, None without; Chart's own `namespace` would start Node."""
        return None if self._home is None else self._home.object_name

    def default_namespace(self, origin: Origin) -> str:
        """Return the namespace of objects that set none."""
        if self._home is None:
            why = f"the object sets no namespace and component {self.name!r} has none"
            home = f"Namespace({self.name!r}, pod_security='restricted')"
            fix = f"pass namespace={home} to the component, or metadata with a namespace"
            raise InvalidReference("namespace", why, fix, where=origin)
        return self._home.object_name

    def provides(self, groups: Iterable[str], by: OwnedObject | None = None) -> None:
        """Declare that `by`, once ready, provides the CRDs of these API groups."""
        found = frozenset(groups)
        if found:
            origin = caller(tree.path_of(self))
            provider = by.identity if by is not None else None
            self._provisions.append(Provision(found, provider, origin))

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

    def note_foreign(self, construct: IConstruct) -> None:
        """Register a construct that may create objects in Node."""
        self._foreign.append(construct)

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
