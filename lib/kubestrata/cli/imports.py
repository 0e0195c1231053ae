"""`kubestrata import`: generate typed bindings from schema sources."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kubestrata.cli import printer
from kubestrata.cli.failure import CLEAN, DIFFERENT
from kubestrata.cli.option import Parser
from kubestrata.core.bindings_path import PACKAGE, binding_folders, modules_beside
from kubestrata.core.errors import ConfigError

if TYPE_CHECKING:
    from kubestrata.bindings import ImportReport
    from kubestrata.rules.subject import ClusterTree
    from kubestrata.synth.project import Project

NAME = "import"
_MIRROR = "KUBESTRATA_MIRROR"


def declare(parser: Parser) -> None:
    """Add the arguments of the command."""
    about = (
        "Sources to add to cdk8s.yaml first: k8s@VERSION, a file, folder, glob, chart or URL, "
        "github:ORG/REPO@VERSION; NAME:=source names the package."
    )
    parser.add_argument("sources", nargs="*", metavar="source", help=about)
    about = f"A folder with SOURCES.tsv, read instead of the network. [env var: {_MIRROR}]"
    named = os.environ.get(_MIRROR) or None
    parser.add_argument("--mirror", type=Path, default=named, metavar="<path>", help=about)
    about = "Keep the upstream descriptions in docstrings, for private use."
    parser.add_argument("--descriptions", action="store_true", help=about)
    about = (
        "Fetch the Helm charts of the platform's releases, or of those of a folder of plain YAML, "
        "and write charts.lock beside them."
    )
    parser.add_argument(
        "--charts", type=Path, nargs="?", const=Path(), metavar="<path>", help=about
    )
    parser.add_roots()
    about = (
        "Fetch the YAML files that Manifests of main.py name by URL, and write manifests.lock with "
        "their digests."
    )
    parser.add_argument("--manifests", action="store_true", help=about)
    about = "Change nothing; exit 1 if imports/ was edited or is out of date."
    parser.add_argument("--check", dest="verify", action="store_true", help=about)


def run(
    sources: Sequence[str] = (),
    mirror: Path | None = None,
    *,
    descriptions: bool = False,
    charts: Path | None = None,
    root: Sequence[Path] | None = None,
    manifests: bool = False,
    verify: bool = False,
) -> int:
    """Generate imports/kubeapis from the sources in cdk8s.yaml and on the command line.

    Example: kubestrata import gadget:=crds/gadgets.yaml

    An invalid document is reported and skipped; the exit code is then 1. A source that cannot be
    used at all changes nothing, not even cdk8s.yaml; the exit code is then 2. With --check and no
    mirror, the generated files are compared with the digests in the lock.

    An address may name a chart in braces, as in v{cert-manager}: it has the version that the output
    deploys. --check then reports a version that is not in the lock.

    The packages are added to those that kubestrata ships; one of the same name replaces it.

    With --charts nothing is generated: charts that are not in the store yet are fetched, and
    charts.lock keeps their digests. With --check as well, releases, lock and store are compared.
    --root names where the clusters of a folder of plain YAML begin.
    --manifests does the same for the YAML files that Manifests name by URL, and manifests.lock.
    """
    if root is not None and charts is None:
        raise ConfigError("kubestrata import", "no folder", "--root is for --charts FOLDER")
    if manifests:
        if sources or descriptions or charts is not None:
            why = "--manifests imports YAML files only"
            raise ConfigError("kubestrata import", "sources, --charts, --descriptions", why)
        return _import_manifests(verify=verify)
    if charts is not None:
        if sources or descriptions or (mirror is not None and _MIRROR not in os.environ):
            why = "--charts imports charts only"
            raise ConfigError("kubestrata import", "sources, --mirror, --descriptions", why)
        return _import_charts(charts, root or (), verify=verify)
    from kubestrata.synth.project import load_project

    project = load_project(Path.cwd())
    if verify:
        if sources or descriptions:
            why = "--check changes nothing"
            fix = "leave out --check or the others"
            raise ConfigError("kubestrata import", "sources and --descriptions", why, fix)
        return _verify(project, mirror)
    return _generate(project, sources, mirror, descriptions=descriptions)


def _generate(
    project: Project, sources: Sequence[str], mirror: Path | None, *, descriptions: bool
) -> int:
    from kubestrata.bindings import generate

    with printer.progress() as progress:
        report = generate(
            project.config,
            imports_dir=project.imports,
            mirror=mirror,
            add=sources,
            descriptions=descriptions,
            progress=progress,
            cores=os.cpu_count() or 1,
            beside=modules_beside(project.imports),
            charts=_charts(project),
        )
    printer.line(f"{os.path.relpath(project.imports)}: {_counted(report)}")
    for line in (*report.problems, *_hidden(project.imports / PACKAGE)):
        printer.note(line)
    return DIFFERENT if report.problems else CLEAN


def _charts(project: Project) -> dict[str, str]:
    """Return the versions of the charts in the output, if an entry follows one."""
    from kubestrata.bindings import follows_charts
    from kubestrata.synth.deployed_chart import deployed_charts

    return deployed_charts(project.output) if follows_charts(project.config) else {}


def _counted(report: ImportReport) -> str:
    """Return the number of kinds, and of the other modules that were generated."""
    others = {"values modules": report.values, "configuration documents": report.documents}
    counts = [f"{len(found)} {what}" for what, found in others.items() if found]
    return ", ".join([f"{len(report.kinds)} kinds", *counts])


def _hidden(own: Path) -> Iterator[str]:
    """Report the kinds that a package of this project hides by replacing an installed one."""
    from kubestrata.bindings import hidden_kinds

    others = [each for each in binding_folders() if each.resolve() != own.resolve()]
    for package, kinds in hidden_kinds(own, others).items():
        shown = ", ".join(kinds[:3]) + (f" and {len(kinds) - 3} more" if len(kinds) > 3 else "")
        yield f"note {PACKAGE}.{package}: replaces the installed package, which also has {shown}"
        yield "  fix: import these kinds too, or rename the package in cdk8s.yaml"


def _import_charts(folder: Path, root: Sequence[Path], *, verify: bool) -> int:
    from kubestrata.helm.charts_lock import LOCK_FILE
    from kubestrata.helm.store import ChartStore
    from kubestrata.synth.chart_import import check_charts, import_charts
    from kubestrata.synth.config_file import store_in

    trees = _trees(folder, root)
    store = ChartStore(store_in(Path.cwd()))
    lock = os.path.relpath(folder / LOCK_FILE)
    if verify:
        lines = check_charts(trees, folder, store)
        for line in lines:
            printer.note(line)
        if lines:
            printer.note("fix: run `kubestrata import --charts`")
            return DIFFERENT
        printer.line(f"{lock}: the store has every chart")
        return CLEAN
    with printer.progress() as progress:
        found = import_charts(trees, folder, store, progress)
    printer.line(f"{lock}: {found.charts} charts, {found.fetched} fetched into {store.root}")
    for problem in dict.fromkeys(found.problems):
        printer.note(problem)
    return DIFFERENT if found.problems else CLEAN


def _import_manifests(*, verify: bool) -> int:
    from kubestrata.core.manifest_store import COMMAND, LOCK_FILE, ManifestStore
    from kubestrata.synth.config_file import store_in
    from kubestrata.synth.manifest_import import check_manifests, import_manifests
    from kubestrata.synth.project import build, load_project

    project = load_project(Path.cwd())
    store = ManifestStore(store_in(project.root))
    if verify:
        lines = check_manifests(lambda: build(project), project.root, store)
        for line in lines:
            printer.note(line)
        if lines:
            printer.note(f"fix: run `{COMMAND}`")
            return DIFFERENT
        printer.line(f"{LOCK_FILE}: the store has every file")
        return CLEAN
    found = import_manifests(lambda: build(project), project.root, store)
    printer.line(f"{LOCK_FILE}: {found.files} files, {found.fetched} fetched into {store.root}")
    return CLEAN


def _trees(folder: Path, root: Sequence[Path]) -> list[ClusterTree]:
    """Return the clusters of a folder; of main.py if it is the current one and has cdk8s.yaml."""
    from kubestrata.core.bindings_path import CONFIG
    from kubestrata.synth.project import build, load_project

    if folder == Path() and Path(CONFIG).exists():
        if root:
            raise ConfigError("kubestrata import", "no folder", "--root is for --charts FOLDER")
        from kubestrata.synth.release_tree import release_trees

        return list(release_trees(build(load_project(Path.cwd()))))
    if not folder.is_dir():
        raise ConfigError("kubestrata import", f"--charts {folder}", "is not a folder")
    from kubestrata.gitops import from_folder
    from kubestrata.synth.config_file import facts_in, settings_in

    settings = settings_in(Path.cwd()).completed(facts_in(folder))
    return from_folder(folder, [each.as_posix() for each in root] or list(settings.roots))


def _verify(project: Project, mirror: Path | None) -> int:
    from kubestrata.bindings import check, check_untouched, check_versions

    charts = _charts(project)
    differences = check_untouched(project.imports)
    differences += check_versions(project.config, project.imports, charts)
    if mirror is not None and not differences:
        with printer.progress() as progress:
            differences = check(
                project.config,
                project.imports,
                mirror,
                progress,
                cores=os.cpu_count() or 1,
                beside=modules_beside(project.imports),
                charts=charts,
            )
    for difference in differences:
        printer.note(difference)
    if differences:
        printer.note("imports/ is generated: run `kubestrata import` instead of editing it")
        return DIFFERENT
    printer.line(f"{os.path.relpath(project.imports)}: as generated")
    return CLEAN
