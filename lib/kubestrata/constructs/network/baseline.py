"""Policies that namespaces get by default, composed of mixins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, cast

from kubestrata.constructs.network.flow import Flow
from kubestrata.constructs.network.network import Network
from kubestrata.constructs.network.peer import Addresses, Pods
from kubestrata.core.argument import require
from kubestrata.core.cluster import Cluster, ClusterCheck, component_of
from kubestrata.core.errors import InvalidReference, InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.names import check_label
from kubestrata.core.node import Construct
from kubestrata.core.origin import caller
from kubestrata.core.reference import Reference
from kubestrata.core.resource import Resource

# The Service `kubernetes`, as far as selectors of Kubernetes match it.
_API_SERVICE = Flow.to_pods(Pods("kubernetes", "default"), 443, 6443)


class PolicyMixin(Frozen):
    """One policy for all pods of a namespace; use one of the factories below.

    `flows` are what it allows. `selected` are flows for engines that match pods and addresses only.
    """

    name: str
    kind: Literal["allow", "deny", "dns", "internal"] = "allow"
    flows: tuple[Flow, ...] = ()
    selected: tuple[Flow, ...] = ()

    def __post_init__(self) -> None:
        check_label("policy", self.name)

    @classmethod
    def deny_all(cls, name: str = "default-deny-all") -> PolicyMixin:
        """Return a policy that denies both directions."""
        return cls(name, "deny")

    @classmethod
    def allow_dns(cls, name: str = "allow-dns-egress") -> PolicyMixin:
        """Return egress to the cluster's DNS."""
        return cls(name, "dns")

    @classmethod
    def allow_kube_api(cls, name: str = "allow-kube-api-egress") -> PolicyMixin:
        """Return egress to the API server."""
        return cls(name, flows=(Flow.to_kubernetes_api(),), selected=(_API_SERVICE,))

    @classmethod
    def allow_internal(cls, name: str = "allow-internal") -> PolicyMixin:
        """Return all traffic among the pods of the namespace."""
        return cls(name, "internal")

    @classmethod
    def allow_hosts(
        cls, *hosts: str, port: int = 443, name: str = "allow-fqdn-egress"
    ) -> PolicyMixin:
        """Return egress to DNS names; only engines that read DNS answers get this policy."""
        return cls(name, flows=(Flow.to_hosts(*hosts, port=port),))

    @classmethod
    def allow(cls, name: str, *flows: Flow) -> PolicyMixin:
        """Return any flows."""
        if not flows:
            why = "allows nothing"
            raise InvalidValue(f"PolicyMixin {name!r}", why, "pass flows, or write deny_all()")
        for each in flows:
            require(f"flow of PolicyMixin {name!r}", each, Flow, fix="write Flow.to_...(...)")
        return cls(name, flows=flows, selected=tuple(filter(_is_selected, flows)))

    def create(
        self, engine: Network, scope: Construct, namespace: Reference, *, first: bool
    ) -> Resource | None:
        """Create the policy; an engine that is not the `first` gets what it expresses exactly."""
        home = namespace.object_name
        every = Pods("all", home)
        match self.kind:
            case "deny":
                return engine.deny_all(scope, self.name, namespace)
            case "dns":
                return engine.allow_dns(scope, self.name, every)
            case "internal":
                inside = [Flow.from_pods(every), Flow.to_pods(every)]
                return engine.policy(scope, self.name, every, inside)
            case "allow":
                flows = self.flows if first else self.selected
                return engine.policy(scope, self.name, every, flows) if flows else None


BASELINE = (
    PolicyMixin.deny_all(),
    PolicyMixin.allow_dns(),
    PolicyMixin.allow_kube_api(),
    PolicyMixin.allow_internal(),
)
"""The default: nothing but DNS, the API server, and the namespace's own pods."""


class NetworkBaseline(Network):
    """A Network whose namespaces get the policies of `mixins`, each in the form of every engine.

    `engine` also creates the policies of workloads. Engines in `also` get the mixins only, as far
    as they express them exactly: Kubernetes' NetworkPolicies beside those of Cilium do not widen
    them. `extra` are further mixins of single namespaces; those in `without` get none at all.
    """

    def __init__(
        self,
        engine: Network,
        *,
        mixins: Sequence[PolicyMixin] = BASELINE,
        also: Sequence[Network] = (),
        without: Sequence[str] = (),
        extra: Sequence[tuple[str, PolicyMixin]] = (),
    ) -> None:
        for each in (engine, *_sequence("also", also)):
            require("engine of NetworkBaseline", each, Network, fix="write CiliumNetwork()")
        super().__init__(dns=engine.dns)
        _check_kinds(_sequence("mixins", mixins))
        for pair in _sequence("extra", extra):
            _check_extra(pair)
        for name in (*_sequence("without", without), *(name for name, _ in extra)):
            check_label("namespace of NetworkBaseline", name)
        self.origin = caller()
        self._engines = (engine, *also)
        self._mixins = tuple(mixins)
        self._without = frozenset(without)
        self._extra = tuple(extra)
        self._covered: set[tuple[str, str]] = set()

    def policy(
        self, scope: Construct, id: str, pods: Pods, flows: Sequence[Flow]
    ) -> Resource | None:
        """Create the policy of the first engine."""
        return self._engines[0].policy(scope, id, pods, flows)

    def deny_all(self, scope: Construct, id: str, namespace: Reference) -> Resource | None:
        """Create the policy of the first engine."""
        return self._engines[0].deny_all(scope, id, namespace)

    def allow_dns(self, scope: Construct, id: str, pods: Pods) -> Resource | None:
        """Create the policy of the first engine."""
        return self._engines[0].allow_dns(scope, id, pods)

    def add_to_namespace(self, scope: Construct, namespace: Reference) -> None:
        """Create the policies of all mixins; for a namespace that no component declares, too."""
        name = namespace.object_name
        cluster = component_of(scope).cluster
        cluster.check_of(BaselineNames).add(self, name)
        if name in self._without:
            return
        self._covered.add((cluster.name, name))
        wanted = [*self._mixins, *(mixin for home, mixin in self._extra if home == name)]
        policies = Construct(scope, f"{name}-network")
        for number, engine in enumerate(self._engines):
            of_engine = Construct(policies, f"engine-{number}")
            for mixin in wanted:
                mixin.create(engine, of_engine, namespace, first=number == 0)

    @property
    def named(self) -> list[str]:
        """Return the namespaces that are named one by one."""
        return [*sorted(self._without), *(name for name, _ in self._extra)]

    def denies(self, cluster: Cluster, namespace: str) -> bool:
        """Return True if the namespace got the mixins."""
        return (cluster.name, namespace) in self._covered

    @property
    def is_open_within(self) -> bool:
        """Return True if a mixin allows all traffic among the pods of a namespace."""
        return any(each.kind == "internal" for each in self._mixins)


class BaselineNames(ClusterCheck):
    """Namespaces that a baseline names exist: a policy of any other would silently be missing."""

    def __init__(self) -> None:
        self._seen: dict[NetworkBaseline, set[str]] = {}

    def add(self, baseline: NetworkBaseline, namespace: str) -> None:
        """Record a namespace that gets its policies from a baseline."""
        self._seen.setdefault(baseline, set()).add(namespace)

    def check(self, cluster: Cluster) -> None:
        """Raise InvalidReference for a name that is not a namespace of the cluster."""
        for baseline, seen in self._seen.items():
            for name in baseline.named:
                if name not in seen:
                    what = f"namespace {name!r} of a NetworkBaseline"
                    why = f"is not in cluster {cluster.name!r}, which has {', '.join(sorted(seen))}"
                    fix = "correct the name, or declare the namespace"
                    raise InvalidReference(what, why, fix, where=baseline.origin)


def _sequence(what: str, value: object) -> Sequence[Any]:
    """Return a list or tuple; raises InvalidValue for a text, whose letters would be its items."""
    require(f"{what} of NetworkBaseline", value, list, tuple)
    return cast("Sequence[Any]", value)


def _check_extra(pair: Any) -> None:
    if len(pair) != 2 or not isinstance(pair[1], PolicyMixin):
        what = f"{pair!r} in extra of NetworkBaseline"
        fix = 'write ("secrets", PolicyMixin.allow(...))'
        raise InvalidValue(what, "is not a namespace with a mixin", fix)


def _check_kinds(mixins: Sequence[PolicyMixin]) -> None:
    for each in mixins:
        require("mixin of NetworkBaseline", each, PolicyMixin, fix="write PolicyMixin.allow(...)")
    names = [each.name for each in mixins]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InvalidValue("NetworkBaseline", f"has two mixins named {twice[0]!r}", "rename one")
    kinds = {each.kind for each in mixins}
    for kind, factory in (("deny", "deny_all"), ("dns", "allow_dns")):
        if kind not in kinds:
            why = f"has no {factory} mixin, so that pods without a policy differ from the others"
            raise InvalidValue("NetworkBaseline", why, f"add PolicyMixin.{factory}()")


def _is_selected(flow: Flow) -> bool:
    return isinstance(flow.peer, Addresses | Pods)
