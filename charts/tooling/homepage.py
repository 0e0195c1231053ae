"""The home page with links to all other pages."""

from collections.abc import Mapping, Sequence

from charts import catalogue
from charts.resource_request import resources
from charts.security_context import WRITABLE_ROOT, restricted_pod
from kubestrata import Cluster, Component, Frozen, Host, JsonObject, Reference
from kubestrata.constructs import Flow, Gateways, HelmRelease, Route
from kubestrata.constructs.access import ClusterRole, Permission, RoleSubject
from kubestrata.constructs.traffic import RouteReference

_NAME = "homepage"
_PORT = 3000
# The user of the image.
_USER = 1000


class Page(Frozen):
    """A page of the platform: its title, route and description.

    `icon` is a name from the icon sets of Homepage.
    """

    title: str
    route: Route | RouteReference
    text: str
    icon: str


class Homepage(Component):
    """Homepage at `home` in the private domain, with the pages of the platform by group.

    It does not wait for these pages: a link may exist before its target.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        pages: Mapping[str, Sequence[Page]],
        bookmarks: Mapping[str, Mapping[str, str]],
    ) -> None:
        """`pages` are by group; `bookmarks` are title -> address, by group."""
        super().__init__(scope, _NAME, layer="tooling", namespace=namespace)
        host = scope.ask(Gateways).with_visibility("private").domain.sub("home")
        release = HelmRelease(
            self,
            _NAME,
            chart=catalogue.HOMEPAGE,
            values={**_pod(host), "config": _config(scope, pages, bookmarks)},
        )
        # It shows resource usage of the cluster.
        release.allow(Flow.to_kubernetes_api())
        self._read(release.makes("", "ServiceAccount", _NAME))
        page = release.endpoint(_PORT).behind(release.service(_NAME, _PORT))
        self.route = Route.at(self, _NAME, label="home", to=page)

    def _read(self, account: Reference) -> None:
        """Let the page read the state of the delivery and of the platform's own API."""
        subjects = [RoleSubject.account(account)]
        ClusterRole(self, f"{_NAME}-platform", permissions=_SHOWN, subjects=subjects)


_SHOWN = [
    Permission.of(["get", "list"], *resources, group=group)
    for group, resources in (
        ("apiextensions.crossplane.io", ["compositeresourcedefinitions"]),
        ("cloud.ogenki.io", ["apps", "epis", "sqlinstances"]),
        ("fluxcd.controlplane.io", ["fluxinstances"]),
        ("helm.toolkit.fluxcd.io", ["helmreleases"]),
        ("kustomize.toolkit.fluxcd.io", ["kustomizations"]),
        ("source.toolkit.fluxcd.io", ["gitrepositories", "helmrepositories", "ocirepositories"]),
    )
]


def _pod(host: Host) -> JsonObject:
    return {
        "controller": {"replicas": 2},
        "enableRbac": True,
        "serviceAccount": {"create": True, "name": _NAME},
        # It accepts requests for these host names only.
        "env": [{"name": "HOMEPAGE_ALLOWED_HOSTS", "value": host}],
        "podSecurityContext": restricted_pod(_USER, _USER, volume_group=_USER),
        "securityContext": WRITABLE_ROOT,
        "resources": resources("20m", "128Mi", "256Mi"),
        "persistence": {
            "logs": {"enabled": True, "type": "emptyDir", "mountPath": "/app/config/logs"}
        },
    }


def _config(
    cluster: Cluster,
    pages: Mapping[str, Sequence[Page]],
    bookmarks: Mapping[str, Mapping[str, str]],
) -> JsonObject:
    return {
        "settings": {
            "title": cluster.name,
            "theme": "dark",
            "color": "slate",
            "headerStyle": "clean",
            "hideVersion": True,
            "layout": {group: {"style": "row", "columns": 4} for group in pages},
        },
        "kubernetes": {"mode": "cluster"},
        "docker": {},
        "widgets": [_usage(cluster.name), {"datetime": {"format": {"timeStyle": "short"}}}],
        "services": [{group: [_service(page) for page in pages[group]]} for group in pages],
        "bookmarks": [{group: _links(bookmarks[group])} for group in bookmarks],
    }


def _usage(label: str) -> JsonObject:
    shown: JsonObject = {"show": True, "cpu": True, "memory": True, "showLabel": True}
    return {"kubernetes": {"cluster": {**shown, "label": label}, "nodes": shown}}


def _service(page: Page) -> JsonObject:
    return {
        page.title: {"href": page.route.url, "description": page.text, "icon": f"{page.icon}.png"}
    }


def _links(links: Mapping[str, str]) -> list[JsonObject]:
    return [{title: [{"abbr": title[:2].upper(), "href": links[title]}]} for title in links]
