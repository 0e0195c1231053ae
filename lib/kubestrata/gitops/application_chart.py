"""The charts of an Application, and the input of Helm for each, as Argo CD gives it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kubestrata.core.errors import ImportSourceError
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import mapping, sequence
from kubestrata.gitops.argo_chart import merged
from kubestrata.gitops.argo_source import (
    ApplicationSource,
    applied_type,
    is_unknown,
    overridden,
    sources_of,
)
from kubestrata.gitops.disk import Disk, join
from kubestrata.gitops.release_input import (
    ReleaseInput,
    ValuesError,
    set_value,
    values_in,
    with_value,
)
from kubestrata.helm.store import files_in
from kubestrata.helm.stored_chart import StoredChart
from kubestrata.rules.release import ChartUse, chart_of_source, is_chart_source
from kubestrata.rules.subject import ClusterTree, Subject

_ENVIRONMENT = re.compile(r"\$(?:\{(\w+)\}|(\w+)|(\$))")
_BUILD = ("ARGOCD_APP_REVISION", "KUBE_")
"""Beginnings of variables that are known only to Argo CD."""
_COMMA = re.compile(r"(?<=[^\\]),")
_REMOTE = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


class ApplicationChart(Frozen):
    """A chart of an Application; `folder` is its folder in the repository, None for another one."""

    application: Subject
    source: ApplicationSource
    use: ChartUse
    folder: str | None = None

    @property
    def helm(self) -> Mapping[str, Any]:
        """Return the settings of Helm."""
        return mapping(self.source.value.get("helm"))


def application_charts(
    tree: ClusterTree, application: Subject, disk: Disk | None
) -> Iterator[ApplicationChart]:
    """Yield the charts of an Application; those in the repository itself if `disk` has it."""
    for source in sources_of(application.spec):
        value = source.value
        if value.get("chart") or str(value.get("repoURL")).startswith("oci://"):
            yield ApplicationChart(application, source, chart_of_source(tree, value))
            continue
        folder = _own_folder(tree, source, disk)
        if folder is not None and disk is not None:
            value = overridden(disk, application.identity.name, value, folder)[0]
            if applied_type(disk, value, folder) == "helm":
                own = ApplicationSource(source.at, value)
                use = ChartUse(folder.rpartition("/")[2], "", None, local=True, path=folder)
                yield ApplicationChart(application, own, use, folder)
        elif is_chart_source(value) and not is_unknown(source.path):
            yield ApplicationChart(application, source, chart_of_source(tree, value))


def _own_folder(tree: ClusterTree, source: ApplicationSource, disk: Disk | None) -> str | None:
    is_other = tree.own_repository and source.url and source.url != tree.own_repository
    if disk is None or is_other or not source.path or is_unknown(source.path):
        return None
    return disk.folder_at(join("", source.path.lstrip("/")))


def application_input(
    tree: ClusterTree, chart: ApplicationChart, stored: StoredChart, disk: Disk | None
) -> ReleaseInput:
    """Return the input of Helm for a chart of an Application.

    Later ones of value files, values, parameters and file parameters count. Raises ValuesError if
    a file is not at hand, or the values depend on what only Argo CD knows.
    """
    application, helm = chart.application, chart.helm
    files = _ValueFiles(tree, chart, stored, disk)
    texts = [values_in(text, path) for path, text in files.listed()]
    inline: Mapping[str, Any] = mapping(helm.get("valuesObject"))
    if "valuesObject" not in helm:
        inline = values_in(str(helm.get("values") or ""), "its values")
    values: Mapping[str, Any] = merged([*texts, inline])
    for name, value in (*_parameters(helm, files.variables), *files.parameters()):
        values = with_value(values, name, value, "parameter")
    namespace = mapping(application.spec.get("destination")).get("namespace")
    versions = sequence(helm.get("apiVersions"))
    return ReleaseInput(
        str(helm.get("releaseName") or application.identity.name),
        str(helm.get("namespace") or namespace or "default"),
        values,
        f"{chart.source.at}.helm.{_last_source(helm)}",
        str(helm.get("kubeVersion") or ""),
        frozenset(map(str, versions)) if versions else None,
        helm.get("skipCrds") is not True,
        helm.get("skipSchemaValidation") is not True,
    )


def _last_source(helm: Mapping[str, Any]) -> str:
    """Return the field that has the values of a source, the last one of several."""
    given = ("fileParameters", "parameters", "valuesObject", "values", "valueFiles")
    inline = [key for key in given[2:] if helm.get(key)]
    return next(iter(inline), next((key for key in given if helm.get(key)), "values"))


def _parameters(
    helm: Mapping[str, Any], variables: Mapping[str, str]
) -> Iterator[tuple[str, object]]:
    """Yield the parameters, those that are text whatever they look like after the others."""
    given = [mapping(each) for each in sequence(helm.get("parameters"))]
    for entry in sorted(given, key=lambda each: each.get("forceString") is True):
        name, text = str(entry.get("name")), str(entry.get("value") or "")
        text = _with_variables(text, variables, f"parameter {name}")
        # Argo CD escapes commas, but for a list in braces.
        if not (text.startswith("{") and text.endswith("}")):
            text = _COMMA.sub(r"\\,", text)
        is_text = entry.get("forceString") is True
        yield name, set_value(text, f"parameter {name}", is_text=is_text)


def _with_variables(text: str, variables: Mapping[str, str], what: str) -> str:
    """Return a text with Argo CD's variables, '' for unknown ones; `$$` is a dollar sign."""

    def value(found: re.Match[str]) -> str:
        name = found[1] or found[2] or ""
        if name.startswith(_BUILD):
            raise ValuesError(f"{what} has ${name}, which only Argo CD knows")
        return "$" if found[3] else variables.get(name, "")

    return _ENVIRONMENT.sub(value, text)


@dataclass
class _ValueFiles:
    """The files from which a chart of an Application takes values."""

    tree: ClusterTree
    chart: ApplicationChart
    stored: StoredChart
    disk: Disk | None
    _of_chart: Mapping[str, bytes] | None = None
    variables: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        identity, value = self.chart.application.identity, self.chart.source.value
        spec = self.chart.application.spec
        self.variables = {
            "ARGOCD_APP_NAME": identity.name,
            "ARGOCD_APP_NAMESPACE": str(mapping(spec.get("destination")).get("namespace") or ""),
            "ARGOCD_APP_PROJECT_NAME": str(spec.get("project") or ""),
            "ARGOCD_APP_SOURCE_PATH": str(value.get("path") or ""),
            "ARGOCD_APP_SOURCE_REPO_URL": str(value.get("repoURL") or ""),
            "ARGOCD_APP_SOURCE_TARGET_REVISION": str(value.get("targetRevision") or ""),
        }

    def listed(self) -> Iterator[tuple[str, str]]:
        """Yield the paths and the texts of `valueFiles`."""
        for each in map(str, sequence(self.chart.helm.get("valueFiles"))):
            text = self._text(each)
            if text is not None:
                yield each, text
            elif self.chart.helm.get("ignoreMissingValueFiles") is not True:
                raise ValuesError(f"its valueFiles name {each}, which does not exist")

    def parameters(self) -> Iterator[tuple[str, str]]:
        """Yield the names and the values of `fileParameters`, whose values are whole files."""
        for each in map(mapping, sequence(self.chart.helm.get("fileParameters"))):
            name, path = str(each.get("name")), str(each.get("path"))
            text = self._text(path)
            if text is None:
                raise ValuesError(f"its fileParameters name {path}, which does not exist")
            yield name, text

    def _text(self, path: str) -> str | None:
        """Return the text of a file, None if it does not exist."""
        reference, _, rest = path.removeprefix("$").partition("/")
        if path.startswith("$") and (source := self._referenced(reference)) is not None:
            own = self.tree.own_repository
            if own and source.url and source.url != own:
                raise ValuesError(f"it takes values from {source.url}, which is another repository")
            return self._own_text(self._filled(rest))
        path = self._filled(path)
        if _REMOTE.match(path):
            raise ValuesError(f"it takes values from {path}, which is not fetched")
        if self.chart.folder is None:
            return self._chart_text(path)
        is_absolute = path.startswith("/")
        return self._own_text(path if is_absolute else join(self.chart.folder, path))

    def _filled(self, path: str) -> str:
        return _with_variables(path, self.variables, f"the path {path}")

    def _referenced(self, name: str) -> ApplicationSource | None:
        sources: Sequence[ApplicationSource] = sources_of(self.chart.application.spec)
        return next((each for each in sources if each.value.get("ref") == name), None)

    def _own_text(self, path: str) -> str | None:
        """Return the text of a file of the repository, by its path there."""
        if self.disk is None:
            raise ValuesError(f"it takes values from {path}, which is not at hand")
        above, _, name = join("", path.lstrip("/")).rpartition("/")
        folder = self.disk.folder_at(above)
        if folder is None or not self.disk.is_file(join(folder, name)):
            return None
        try:
            return self.disk.text(join(folder, name))
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise ValuesError(f"its value file {path} cannot be read: {why}") from None

    def _chart_text(self, path: str) -> str | None:
        if self._of_chart is None:
            try:
                self._of_chart = files_in(self.stored)
            except ImportSourceError as error:
                raise ValuesError(str(error)) from None
        found = self._of_chart.get(join("", path.lstrip("/")))
        return None if found is None else found.decode(errors="replace")
