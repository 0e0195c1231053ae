"""Helm's own engine, in a worker process: one release at a time, offline.

Beside helm_render this does what the actions of Helm do around it: they refuse library charts and
other Kubernetes versions, tell hooks and notes apart, and add the CRDs of crds/.
"""

# pyright: reportPrivateUsage=false
# the public Chart.render takes neither a Kubernetes version nor API versions

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from helm_python import Chart, HelmChartLoadError, HelmError, HelmRenderError, HelmValuesError
from helm_python import _native as native
from msgspec.structs import replace

from kubestrata.core.errors import ImportSourceError
from kubestrata.core.json_value import Manifest, is_mapping
from kubestrata.helm.chart_file import ChartFile, read_chart_file
from kubestrata.helm.local_schema import SCHEMA, with_local_schemas
from kubestrata.helm.normalise import normalised
from kubestrata.helm.output import TemplateOutput, read_output
from kubestrata.helm.packed import packed
from kubestrata.helm.rendered import NotRendered, Rendered, RenderedObject, RenderFault
from kubestrata.helm.stable_template import (
    LOOKUP_FILE,
    lookup_template,
    renderings_of,
    with_constant_certificates,
    with_constants,
)
from kubestrata.helm.store import ChartStore, contents_at, digest_of
from kubestrata.helm.sub_chart import MissingSubChartError, SubCharts, missing_in
from kubestrata.helm.version_range import is_in_range
from kubestrata.helm.work import Outcome, UsedChart, Work

_PLACE = re.compile(r"(?:^|[(\s])((?:[\w.+-]+/)+[\w.+-]+):(\d+)")
_SHOWN_VALUE = re.compile(r"'(?:[^'\\]|\\.)*' (?=does not match|is not valid)")
_LONGEST_REASON = 600
_DEEPEST = 100


def render(work: Work) -> Outcome:
    """Return the objects of a release, or why there are none."""
    used: list[UsedChart] = []
    try:
        return _rendered(work, used)
    except _RefusedError as error:
        return Outcome(failed=error.reason, used=used)
    except MissingSubChartError as error:
        return Outcome(failed=NotRendered(str(error)))
    except ImportSourceError as error:
        why = f"{error.where}: {error.what}: {error.why}"
        return Outcome(failed=NotRendered(why))


class _RefusedError(Exception):
    """Helm refuses the release."""

    def __init__(self, why: str, template: str = "", line: int = 0) -> None:
        self.reason = NotRendered(why, is_refused=True, template=template, line=line)
        super().__init__(why)


class _Prepared:
    """A chart as it is rendered: with stable functions, packed without known objects."""

    def __init__(self, facts: ChartFile, files: dict[str, bytes]) -> None:
        self.facts = facts
        self.files = files
        self._stable = with_constants(with_local_schemas(files))

    def packed(self, objects: Mapping[str, Manifest], values: bytes) -> bytes:
        """Return the archive of the chart, with the objects that `lookup` returns."""
        return self._packed(self._stable, objects, values) if objects else self._alone

    def compared(self, objects: Mapping[str, Manifest], values: bytes) -> bytes | None:
        """Return the archive without generated certificates, None if there are none."""
        if self._without is self._stable:
            return None
        return self._packed(self._without, objects, values)

    def _packed(
        self, files: Mapping[str, bytes], objects: Mapping[str, Manifest], values: bytes
    ) -> bytes:
        template = lookup_template(objects, self.files, values)
        return packed(self.facts.name, {**files, LOOKUP_FILE: template})

    @cached_property
    def _alone(self) -> bytes:
        return self._packed(self._stable, {}, b"")

    @cached_property
    def _without(self) -> Mapping[str, bytes]:
        return with_constant_certificates(self._stable)

    @cached_property
    def renderings(self) -> int:
        """Number of renderings that the templates need, whatever the values are."""
        return renderings_of(self._stable, b"")


@lru_cache(maxsize=1)
def _prepared(path: Path, digest: str, has_schema: bool) -> _Prepared:  # noqa: FBT001 - a key
    """Return a chart; the renderings of one chart follow each other, with other values."""
    files, data = contents_at(path)
    if digest_of(data) != digest:
        raise ImportSourceError(path.name, "has changed", f"its digest is not {digest}")
    if not has_schema:
        files = {name: each for name, each in files.items() if name.rpartition("/")[2] != SCHEMA}
    return _Prepared(read_chart_file(path.name, files), files)


def _rendered(work: Work, used: list[UsedChart]) -> Outcome:
    path = Path(work.path)
    chart = _prepared(path, work.digest, work.has_schema)
    _require_fit(chart.facts, work)
    if missing_in(path.name, chart.files):
        chart = _completed(chart, work, used)
    return replace(_stable(chart, work), used=used)


def _completed(chart: _Prepared, work: Work, used: list[UsedChart]) -> _Prepared:
    """Return a chart with the sub-charts that it does not contain and the values enable."""
    with _loaded(chart.packed({}, b"")) as loaded:
        merged = loaded.merge_values(work.values)
    subs = SubCharts(ChartStore(Path(work.store), [*map(Path, work.folders)]), Path(work.path).name)
    files = dict(chart.files)
    subs.complete(files, merged)
    used += subs.used
    return _Prepared(chart.facts, files)


def _require_fit(facts: ChartFile, work: Work) -> None:
    """Raise for what the actions of Helm refuse before they render."""
    if facts.is_library:
        raise _RefusedError("is a library chart, which Helm does not install")
    version = _kubernetes(work.kubernetes)
    if facts.kubernetes and version and is_in_range(version, facts.kubernetes) is False:
        why = f"the chart requires Kubernetes {facts.kubernetes}, and the cluster has {version}"
        raise _RefusedError(why)
    try:
        native.call_status("helm_release_name_validate", work.name)
    except HelmError as error:
        raise _RefusedError(f"release name {work.name!r}: {error.detail}") from None


def _kubernetes(version: str) -> str:
    """Return `v1.35.0` for 1.35."""
    plain = version.removeprefix("v")
    if not plain:
        return ""
    return f"v{plain}" if plain.count(".") > 1 else f"v{plain}.0"


def _loaded(data: bytes) -> Chart:
    try:
        return Chart.load_archive(data)
    except HelmChartLoadError as error:
        raise _RefusedError(f"Helm cannot load the chart: {error.detail}") from None


def _stable(chart: _Prepared, work: Work) -> Outcome:
    """Render as often as the templates require, and compare."""
    values = json.dumps(work.values).encode()
    if work.once:
        return _changed(_again(chart, work, values), work.known)
    crds = TemplateOutput()
    first = _once(chart.packed(work.objects, values), work, crds)
    count = max(chart.renderings, renderings_of({}, values))
    renderings = [first, *(_again(chart, work, values) for _ in range(count - 1))]
    objects: list[RenderedObject] = []
    faults: list[RenderFault] = list(crds.faults)
    replaced: set[str] = set()
    for template in sorted({path for each in renderings for path in each}):
        texts = dict.fromkeys(each.get(template, "") for each in renderings)
        # No other rendering needs the faults of the first one again.
        found, *others = [
            read_output(template, text, _read, is_post_rendered=number == 0)
            for number, text in enumerate(texts)
        ]
        for other in others:
            found, paths = normalised(found, other)
            replaced |= paths
        objects += found.objects
        faults += found.faults
    done = Rendered(tuple(objects), tuple(crds.objects), tuple(faults), tuple(sorted(replaced)))
    return Outcome(done, texts={path: _digest(text) for path, text in first.items()})


def _changed(texts: Mapping[str, str], known: Mapping[str, str]) -> Outcome:
    """Return the objects of the templates whose texts are not known; a comparison needs no more."""
    objects: list[RenderedObject] = []
    unchanged: list[str] = []
    for template, text in sorted(texts.items()):
        if known.get(template) == _digest(text):
            unchanged.append(template)
        else:
            objects += read_output(template, text, _read).objects
    return Outcome(Rendered(tuple(objects)), unchanged=unchanged)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _again(chart: _Prepared, work: Work, values: bytes) -> dict[str, str]:
    """Render for a comparison: without certificates, if the templates accept constants."""
    data = chart.compared(work.objects, values)
    if data is not None:
        with contextlib.suppress(_RefusedError):
            return _once(data, work)
    return _once(chart.packed(work.objects, values), work)


def _once(data: bytes, work: Work, crds: TemplateOutput | None = None) -> dict[str, str]:
    """Return the texts of the templates; add the CRDs of the chart and of enabled sub-charts.

    A chart is loaded for each rendering: helm_render removes disabled sub-charts from it.
    """
    options = {
        "name": work.name,
        "namespace": work.namespace,
        "api_versions": work.api_versions,
        "is_upgrade": work.is_upgrade,
        "is_install": not work.is_upgrade,
    }
    if version := _kubernetes(work.kubernetes):
        options["kube_version"] = version
    with _loaded(data) as chart:
        try:
            handle = chart._raw()  # noqa: SLF001  # see above
            text = native.call_string(
                "helm_render", handle, json.dumps(work.values), json.dumps(options)
            )
        except (HelmRenderError, HelmValuesError) as error:
            raise _refused(error) from None
        if crds is not None:
            for each in chart.crds:
                crds.add(read_output(each["filename"], each["data"], _read))
    texts: dict[str, str] = json.loads(text)
    return texts


def _read(document: str) -> Manifest:
    try:
        text = native.call_string("helm_values_from_yaml", document)
        found: dict[str, Any] = json.loads(text)
    except HelmValuesError as error:
        raise ValueError(
            _reason(error.detail.removeprefix("error converting YAML to JSON: "))
        ) from None
    except RecursionError:
        raise _too_deep() from None
    if text.count("{") + text.count("[") > _DEEPEST and _is_deep(found):
        raise _too_deep()
    return found


def _too_deep() -> ImportSourceError:
    return ImportSourceError(
        "its output", "is not read", f"nested more than {_DEEPEST} levels deep"
    )


def _is_deep(value: dict[str, Any]) -> bool:
    level: list[Any] = [value]
    for _ in range(_DEEPEST):
        parts = (each.values() if is_mapping(each) else each for each in level)
        level = [one for part in parts for one in part if isinstance(one, dict | list)]
        if not level:
            return False
    return True


def _refused(error: HelmError) -> _RefusedError:
    place = _PLACE.search(error.detail)
    why = _reason(error.detail)
    if isinstance(error, HelmValuesError) or place is None:
        return _RefusedError(why)
    return _RefusedError(why, place[1], int(place[2]))


def _reason(detail: str) -> str:
    """Return a message in one line, without values, and not too long."""
    text = _SHOWN_VALUE.sub("the value ", " ".join(detail.split()))
    half = _LONGEST_REASON // 2
    return text if len(text) <= _LONGEST_REASON else f"{text[:half]} ... {text[-half:]}"
