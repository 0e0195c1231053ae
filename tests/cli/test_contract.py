"""`kubestrata contract`: what a platform and a folder of YAML need from outside."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.small_project import Project

SYNC = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: flux-system, namespace: flux-system}
spec:
  interval: 10m
  path: ./
  prune: true
  sourceRef: {kind: GitRepository, name: flux-system}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: flux-system, namespace: flux-system}
spec: {interval: 1m, url: "https://me:hidden-login@git.example.com/home", ref: {branch: main}}
"""
WEB = """\
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: web, namespace: shop}
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  data: [{secretKey: word, remoteRef: {key: shop/web, property: client_secret}}]
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: ui, namespace: shop}
spec:
  valuesFrom: [{kind: Secret, name: web, valuesKey: word, targetPath: oidc.clientSecret}]
---
apiVersion: v1
kind: Secret
metadata: {name: plain, namespace: shop}
stringData: {password: hidden-word-in-a-secret}
"""


@pytest.fixture
def home(project: Project) -> Path:
    folder = project.root / "home"
    folder.mkdir()
    (folder / "sync.yaml").write_text(SYNC)
    (folder / "web.yaml").write_text(WEB)
    return folder


@pytest.fixture
def declared(project: Project) -> Project:
    """A project whose code declares variables, and uses one."""
    project.edit(
        "from kubestrata import Cluster,",
        "from kubestrata import SubstituteFrom, Variable, Cluster,",
    )
    project.edit(
        'url="https://git.example.com/platform")',
        'url="https://git.example.com/platform", secret="deploy-key"),\n'
        "            substitute_from=[SubstituteFrom('ConfigMap', 'facts',\n"
        "                [Variable('region', example='north'), 'zone',"
        " Variable('size', 'number', '3')])]",
    )
    project.edit('"n": "08"', '"n": cluster.placeholder("region")')
    return project


def test_a_folder_has_a_page_with_a_line_for_each_use(project: Project, home: Path) -> None:
    done = project.run("contract", "home")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(
        "# Contract of home\n"
        "\n"
        "## Keys of secret stores\n"
        "\n"
        "- `shop/web` of ClusterSecretStore vault: `client_secret`\n"
        "  - ExternalSecret.external-secrets.io shop/web `spec.data[0].remoteRef.key` web.yaml:1\n"
    )
    assert "- `https://git.example.com/home`: `main`\n" in done.out
    assert "hidden" not in done.out
    assert home.is_dir()


def test_what_could_not_be_read_is_listed(project: Project, home: Path) -> None:
    base = "https://github.com/example/apps//web?ref=v1"
    (home / "kustomization.yaml").write_text(f"resources: [sync.yaml, web.yaml, '{base}']\n")
    done = project.run("contract", "home")
    assert done.code == 0
    assert "## Not read, so that its needs are not known\n\n- " in done.out
    assert base in done.out.partition("## Not read")[2]


def test_json_has_the_same_entries(project: Project, home: Path) -> None:
    assert home.is_dir()
    done = project.run("contract", "home", "--output", "json")
    (cluster,) = json.loads(done.out)["clusters"]
    assert cluster["name"] == "home"
    assert cluster["entries"][0]["properties"][0]["name"] == "client_secret"
    assert cluster["entries"][0]["uses"][0]["line"] == 1
    assert "hidden" not in done.out


def test_a_platform_has_the_declarations_of_its_code(declared: Project) -> None:
    done = declared.run("contract")
    assert done.code == 0, done.err
    source = "of ConfigMap flux-system/facts"
    assert f"- `region` {source} (string; such as `north`; declared at main.py:12)\n" in done.out
    assert "  - ConfigMap web/settings `data.n` main.py:19\n" in done.out
    assert f"- `size` {source} (number; such as `3`; declared at main.py:12)\n" in done.out
    assert "- `flux-system/deploy-key` (declared at main.py:11)" in done.out


def test_provided_objects_have_their_line_in_the_settings(project: Project, home: Path) -> None:
    (home / "cdk8s.yaml").write_text(
        "kubestrata:\n  check:\n    provided:\n      - Secret flux-system/sops-age\n"
    )
    assert (
        "- `flux-system/sops-age` (declared at cdk8s.yaml:4)" in project.run("contract", "home").out
    )


def test_what_the_other_side_lacks_is_drift(project: Project, home: Path) -> None:
    assert home.is_dir()
    keys = project.root / "keys.txt"
    keys.write_text("shop/web: client_secret\nshop/old\n")
    done = project.run("contract", "home", "--against", "keys.txt")
    assert (done.code, done.out) == (
        0,
        (
            "# Contract compared with keys.txt\n\n## home\n\nEverything that is needed exists.\n\n"
            "Not needed:\n\n- key shop/old\n"
        ),
    )
    keys.write_text("shop/web: client_id\n")
    done = project.run("contract", "home", "--against", "keys.txt")
    assert done.code == 1
    assert done.out.endswith(
        "- missing: key shop/web has no client_secret outside\n"
        "  - ExternalSecret.external-secrets.io shop/web `spec.data[0].remoteRef.key` web.yaml:1\n"
    )
    done = project.run("contract", "home", "--against", "keys.txt", "--output", "json")
    (cluster,) = json.loads(done.out)["clusters"]
    (missing,) = cluster["missing"]
    assert done.code == 1
    assert (missing["sort"], missing["name"], missing["property"]) == (
        "store-key",
        "shop/web",
        "client_secret",
    )
    assert missing["uses"][0]["file"] == "web.yaml"


def test_sensitive_outputs_are_compared_by_name(declared: Project) -> None:
    outputs = declared.root / "outputs.json"
    value = {"value": "hidden-output", "type": "string", "sensitive": True}
    outputs.write_text(json.dumps({"region": value, "zone": value, "more": value}))
    done = declared.run("contract", "--against", "outputs.json")
    assert done.code == 1
    assert "- missing: variable size does not exist outside\n  - declared at main.py:12" in done.out
    assert "- variable more\n" in done.out
    assert "hidden-output" not in done.out + done.err


def test_an_exported_contract_is_the_other_side_of_its_own_tree(
    project: Project, home: Path
) -> None:
    assert home.is_dir()
    exported = project.run("contract", "home", "--output", "json").out
    (project.root / "other.json").write_text(exported)
    assert project.run("contract", "home", "--against", "other.json").code == 0
    (project.root / "other.json").write_text(exported.replace('"home"', '"away"'))
    done = project.run("contract", "home", "--against", "other.json")
    assert done.code == 2
    assert "error other.json: is about other clusters: describes away, not home" in done.err


def test_check_reports_drift_from_the_files_in_the_settings(project: Project, home: Path) -> None:
    assert home.is_dir()
    config = project.root / "cdk8s.yaml"
    config.write_text(config.read_text() + "kubestrata:\n  contract:\n    against: [keys.txt]\n")
    (project.root / "keys.txt").write_text("shop/old\n")
    done = project.run("check", "home", "--output", "json")
    found = [each for each in json.loads(done.out)["violations"] if each["rule"] == "R18"]
    assert done.code == 1
    assert [(each["severity"], each["file"], each["message"]) for each in found] == [
        ("error", "web.yaml", "key shop/web does not exist outside")
    ]
    (project.root / "keys.txt").write_text("shop/web\n")
    done = project.run("check", "home", "--output", "json")
    assert not any(each["rule"] == "R18" for each in json.loads(done.out)["violations"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none"], "error kubestrata contract: none: is not a folder"),
        (["--root", "a"], "error kubestrata contract: no folder: --root is for a folder"),
        (["home", "--cluster", "away"], "--cluster away: is not a cluster of the tree"),
        (["home", "--against", "none.txt"], "error none.txt: cannot be read"),
        (["home", "--against", "bad.txt"], "error bad.txt:2: is not a key of a store"),
        (["home", "--against", "env.txt"], "env.txt:1: is not a key of a store: '=' sets a value"),
        (["home", "--against", "empty.txt"], "error empty.txt:1: is not a file of the other side"),
    ],
)
def test_a_wrong_command_line_fails(
    project: Project, home: Path, arguments: list[str], message: str
) -> None:
    assert home.is_dir()
    (project.root / "bad.txt").write_text("shop/web\nshop web\n")
    (project.root / "env.txt").write_text("PASSWORD=letter-soup\n")
    (project.root / "empty.txt").write_text("\n")
    done = project.run("contract", *arguments)
    assert (done.code, done.out) == (2, "")
    assert message in done.err
    assert "letter-soup" not in done.err
