"""The owner of a file, and what it deletes."""

from __future__ import annotations

from typing import Any

from kubestrata.plan.owner import Owner, Owners, is_kept

FINALIZER = "resources-finalizer.argocd.argoproj.io"


def application(*, prune: bool = True, finalizers: tuple[str, ...] = (FINALIZER,)) -> Any:
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {"name": "web", "namespace": "argocd", "finalizers": list(finalizers)},
        "spec": {
            "source": {"repoURL": "https://git.example.com/platform", "path": "dist/c1/apps/web"},
            "syncPolicy": {"automated": {"prune": prune}},
        },
    }


def owner(**options: Any) -> Owner:
    found = Owner.of(application(**options))
    assert found is not None
    return found


def test_an_application_owns_the_files_of_its_folder() -> None:
    owners = Owners([("c1/argocd/web-application.yaml", application())])
    found = owners.of("c1/apps/web/web-deployment.yaml")
    assert found is not None
    assert (found.kind, found.name) == ("Application", "web")
    assert owners.of("c1/apps/shop/shop-deployment.yaml") is None
    assert owners.has(found, "c1")


def application_set() -> Any:
    called = '{{ slice .path.segments 3 | join "-" }}'
    template = application()
    template["metadata"]["name"] = called
    template["spec"]["source"]["path"] = "{{ .path.path }}"
    template["spec"]["project"] = "apps"
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "ApplicationSet",
        "metadata": {"name": "apps", "namespace": "argocd"},
        "spec": {
            "goTemplate": True,
            "generators": [{"git": {"directories": [{"path": "dist/c1/apps/*"}]}}],
            "template": template,
            "templatePatch": KEPT,
        },
    }


KEPT = """\
{{- if eq (index .path.segments 3) "kept" }}
metadata: {finalizers: null}
spec: {syncPolicy: {automated: {prune: false}}}
{{- end }}
"""


def test_an_application_that_a_set_makes_owns_the_files_of_its_folder() -> None:
    owners = Owners(
        [
            ("c1/argocd/apps-applicationset.yaml", application_set()),
            ("c1/apps/web/web-deployment.yaml", {"kind": "Deployment"}),
            ("c1/apps/web/config/web-configmap.yaml", {"kind": "ConfigMap"}),
            ("c1/apps/kept/kept-configmap.yaml", {"kind": "ConfigMap"}),
        ]
    )
    web, config = (
        owners.of(each)
        for each in ("c1/apps/web/web-service.yaml", "c1/apps/web/config/web-secret.yaml")
    )
    kept = owners.of("c1/apps/kept/gone-configmap.yaml")
    assert web is not None
    assert config is not None
    assert kept is not None
    assert (web.name, web.prunes, web.project) == ("web", True, "apps")
    assert config.name == "web-config"
    assert kept.keeps(is_deleted=False) == "Application kept does not prune"
    assert kept.keeps(is_deleted=True) == "Application kept has no finalizer"
    assert owners.has(web, "c1")
    gone = Owners([("c1/argocd/apps-applicationset.yaml", application_set())])
    assert not gone.has(web, "c1")


def test_a_folder_of_one_of_several_sources_is_owned_too() -> None:
    manifest = application()
    source = manifest["spec"].pop("source")
    manifest["spec"]["sources"] = [source, {"repoURL": "https://charts.example.com", "chart": "a"}]
    assert Owners([("c1/argocd/web.yaml", manifest)]).of("c1/apps/web/a.yaml") is not None


def test_an_application_deletes_what_it_no_longer_applies() -> None:
    assert owner().keeps(is_deleted=False) == ""
    assert owner(prune=False).keeps(is_deleted=False) == "Application web does not prune"


def test_an_application_that_goes_deletes_its_objects_by_its_finalizer() -> None:
    assert owner().keeps(is_deleted=True) == ""
    assert owner(finalizers=()).keeps(is_deleted=True) == "Application web has no finalizer"


def test_an_object_with_the_sync_option_is_never_pruned() -> None:
    key = "argocd.argoproj.io/sync-options"
    assert is_kept({"metadata": {"annotations": {key: "Replace=true, Prune=false"}}})
    assert not is_kept({"metadata": {"annotations": {key: "Replace=true"}}})


def test_other_objects_of_argo_cd_own_nothing() -> None:
    assert Owner.of({"apiVersion": "argoproj.io/v1alpha1", "kind": "AppProject"}) is None
