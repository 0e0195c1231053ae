"""One release of a tree with the result of its rendering, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from msgspec.structs import replace

from kubestrata.core.api_scope import is_cluster_scoped
from kubestrata.core.identity import Identity, group_of, identity_of
from kubestrata.core.json_value import Manifest, mapping, sequence
from kubestrata.gitops.kubectl import Builder
from kubestrata.gitops.patch_target import chooses, described
from kubestrata.gitops.post_render import is_post_rendered, post_rendered
from kubestrata.helm.release import Release
from kubestrata.helm.rendered import NotRendered, Rendered, RenderedObject
from kubestrata.helm.variation import ReleaseFacts
from kubestrata.rules.chart_origin import ChartOrigin
from kubestrata.rules.chart_results import LookedUp
from kubestrata.rules.field import values
from kubestrata.rules.subject import Listed, Subject
from kubestrata.rules.violation import Finding

_TESTS = ("test", "test-success", "test-failure")

Scopes = Mapping[tuple[str, str], bool]
"""Group and kind -> True if namespaced."""


@dataclass
class ChartRelease:
    """A HelmRelease, or a source of an Application, and the result of the last rendering.

    `unit` is what applies its objects, `values_at` the path of its values. `above` is the release
    whose chart makes this one. `own_versions` are its API versions, if they are not the cluster's.
    """

    subject: Subject
    release: Release
    unit: Identity | None
    values_at: str
    has_crds: bool = True
    above: ChartRelease | None = None
    own_versions: frozenset[str] | None = None
    result: Rendered | NotRendered | None = None
    facts: ReleaseFacts = field(default_factory=ReleaseFacts)

    @property
    def depth(self) -> int:
        """Return the number of releases above this one."""
        return 0 if self.above is None else self.above.depth + 1

    def objects(self) -> Iterator[RenderedObject]:
        """Yield what it makes, without its tests, and without `crds/` if they are skipped."""
        if not isinstance(self.result, Rendered):
            return
        if self.has_crds:
            yield from self.result.crds
        tests = mapping(self.subject.spec.get("test")).get("enable") is True
        for each in self.result.objects:
            if tests or not each.events or not set(each.events) <= set(_TESTS):
                yield each

    def subjects(self, scopes: Scopes, builder: Builder) -> Iterator[Subject]:
        """Yield the objects in the cluster; raises RenderError."""
        chart = self.release.chart
        for each in self._post_rendered(builder):
            for one in _flat(each.manifest):
                manifest = _in_namespace(one, self.release.namespace, scopes)
                origin = ChartOrigin(
                    self.subject.identity, chart.name, chart.version, each.template, each.events
                )
                yield Subject(
                    identity_of(manifest),
                    manifest,
                    self.subject.place,
                    self.unit,
                    is_open=self.subject.is_open,
                    chart=origin,
                )

    def _post_rendered(self, builder: Builder) -> Iterable[RenderedObject]:
        """Return the objects after the post-renderers, which change neither hooks nor `crds/`."""
        spec = self.subject.spec
        if not is_post_rendered(spec):
            return list(self.objects())
        changed, others = self._by_post_renderers()
        after = post_rendered(spec, [each.manifest for each in changed], builder)
        return [*others, *(replace(changed[number], manifest=made) for number, made in after)]

    def _by_post_renderers(self) -> tuple[list[RenderedObject], list[RenderedObject]]:
        """Return the objects that post-renderers see, and the others."""
        crds = self.result.crds if isinstance(self.result, Rendered) else ()
        apart = {id(each) for each in crds}
        objects = list(self.objects())
        changed = [each for each in objects if not each.is_hook and id(each) not in apart]
        return changed, [each for each in objects if each.is_hook or id(each) in apart]

    def unmatched(self) -> Iterator[Listed]:
        """Yield the patches of post-renderers that match no object of the chart."""
        subject = self.subject
        for path, patch in values(subject.manifest, "spec.postRenderers[].kustomize.patches[]"):
            target = mapping(mapping(patch).get("target"))
            if target and not chooses(target, self._by_post_renderers()[0]):
                at, said = f"{path}.target", described(target)
                yield Listed(subject.identity, subject.place, at, said, "unmatched")

    def unread(self) -> Iterator[Finding]:
        """Yield the values that the chart does not read."""
        chart = self.release.chart
        is_inline = self.values_at.rpartition(".")[2] in ("values", "valuesObject")
        for path in self.facts.ignored:
            said = f"chart {chart.name} {chart.version} does not read it"
            at = f"{self.values_at}.{path}" if is_inline else self.values_at
            said = said if is_inline else f"value {path}: {said}"
            yield self.subject.finding(at, said, "remove it, or correct its name")

    def moving(self) -> Iterator[Finding]:
        """Yield the images that follow the version of Kubernetes."""
        for image, later in self.facts.images:
            said = f"image {image} follows the version of Kubernetes: with the next one it is"
            yield self.subject.finding(
                self.values_at, f"{said} {later}", "set the tag of the image"
            )

    def looked_up(self) -> tuple[LookedUp, ...]:
        """Return the objects that the chart reads in the cluster."""
        return tuple(
            LookedUp(kind, namespace, name, key in self.facts.required)
            for key in self.facts.looked_up
            for _, kind, namespace, name in [key.split(" ")]
        )


def _flat(manifest: Manifest) -> Iterator[Manifest]:
    items = manifest.get("items")
    if str(manifest.get("kind", "")).endswith("List") and items is not None:
        yield from (mapping(each) for each in sequence(items) if mapping(each).get("kind"))
    else:
        yield manifest


def _in_namespace(manifest: Manifest, namespace: str, scopes: Scopes) -> Manifest:
    """Return an object with the namespace in which Helm creates it."""
    metadata = mapping(manifest.get("metadata"))
    kind = group_of(str(manifest.get("apiVersion"))), str(manifest.get("kind"))
    has_namespace = scopes.get(kind, not is_cluster_scoped(*kind))
    if has_namespace and not metadata.get("namespace"):
        return {**manifest, "metadata": {**metadata, "namespace": namespace}}
    if not has_namespace and "namespace" in metadata:
        return {
            **manifest,
            "metadata": {key: part for key, part in metadata.items() if key != "namespace"},
        }
    return manifest
