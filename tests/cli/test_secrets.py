"""Secrets in every location that a message could quote are in no output of any command."""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.small_project import Project, Run, write_project

FORMATS = ("text", "json", "sarif", "junit", "github")
NUMBER = 4812000799
ENTRY = """\
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: flux-system, namespace: flux-system}
spec: {url: "ssh://git@example.com/platform", interval: 1m, ref: {branch: main}}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: flux-system, namespace: flux-system}
spec:
  path: ./clusters/home
  interval: 10m
  prune: true
  sourceRef: {kind: GitRepository, name: flux-system}
"""
UNIT = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: UNIT, namespace: flux-system}
spec:
  path: ./UNIT
  interval: 10m
  prune: true
  sourceRef: {kind: GitRepository, name: flux-system}
  postBuild: {substitute: {DB_PASSWORD: "MARK1", n: "1"}}
"""
SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: NAME, namespace: shop}\n"
PLAIN = {
    "text": SECRET + "stringData: {password: MARK}\n",
    "encoded": SECRET + "data: {password: B64}\n",
    "not-base64": SECRET + "data: {password: MARK}\n",
    "in-a-mapping": SECRET + "stringData: {password: {inner: MARK}}\n",
    "in-a-list": SECRET + "stringData: {password: [MARK]}\n",
    "whole-is-text": SECRET + "stringData: MARK\n",
    "number": SECRET + f"stringData: {{pin: {NUMBER}}}\n",
    "key": SECRET + "stringData:\n  MARK is a key: x\n",
    "wrong-field": SECRET + "stringdata: {password: MARK}\n",
    "wrong-type": SECRET + "type: [x]\nstringData: {password: MARK}\n",
    "annotation": SECRET.replace(
        "shop}",
        "shop, annotations: {kubectl.kubernetes.io/last-applied-configuration: "
        '\'{"kind":"Secret","stringData":{"a":"MARK"}}\', x: 5}}',
    ),
    "placeholder": SECRET + "stringData: {password: 'MARK op://vault/db'}\n",
    "variable": SECRET + "stringData: {password: 'x${MARK}', other: '${n:=MARK}'}\n",
    "lines": SECRET + "stringData:\n  config: |\n    user: web\n    password: MARK\n",
    "listed": "apiVersion: v1\nkind: SecretList\nitems:\n- apiVersion: v1\n  kind: Secret\n"
    "  metadata: {name: NAME, namespace: shop}\n  data: {password: MARK}\n",
    "list": "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n"
    "  metadata: {name: NAME, namespace: shop}\n  stringData: {pin: [MARK]}\n",
    "no-object": "MARK\n",
    "no-object-list": "- MARK\n- other\n",
    "broken": SECRET + 'stringData: {password: "MARK\n',
    "broken-below": SECRET + "stringData:\n  password: MARK\n bad\n",
    "tag": SECRET + "stringData: {password: !MARK x}\n",
    "alias": SECRET + "stringData: {password: *MARK}\n",
    "twice": SECRET + "stringData:\n  password: MARK\n  password: MARK\n",
    "no-kind": "apiVersion: v1\nstringData: {password: MARK}\n",
    "no-name": "apiVersion: v1\nkind: Secret\nstringData: {password: MARK}\n",
    "private-key": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: NAME, namespace: shop}\n"
    "data:\n  key: |\n    -----BEGIN PRIVATE KEY-----\n    MARK\n    -----END PRIVATE KEY-----\n",
    "container": "apiVersion: v1\nkind: Pod\nmetadata: {name: NAME, namespace: shop}\n"
    "spec:\n  containers:\n  - name: a\n    image: a\n"
    "    env: [{name: DB_PASSWORD, value: MARK}, {name: API_TOKEN, value: [MARK]}]\n",
    "release": "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\n"
    "metadata: {name: NAME, namespace: shop}\nspec:\n  interval: 10m\n"
    "  chart: {spec: {chart: cert-manager, version: v1.21.1,"
    " sourceRef: {kind: HelmRepository, name: jetstack}}}\n"
    "  values: {global: {imagePullSecrets: MARK}, password: MARK, adminToken: MARK}\n",
}
LISTS = {
    "literal": "secretGenerator: [{name: x, literals: [password=MARK]}]\nunknown: MARK\n",
    "bad-literal": "secretGenerator: [{name: x, literals: [MARK]}]\n",
    "env-file": "secretGenerator: [{name: x, envs: [p.env]}]\n"
    "generatorOptions: {annotations: {no: rotate}}\n",
    "file": "secretGenerator: [{name: x, files: [p.env]}]\nnamespace: [MARK]\n",
    "patch": "patches:\n- target: {kind: Secret}\n  patch: |-\n    MARK is nothing\n",
    "json-patch": "patches:\n- target: {kind: Secret}\n  patch: |-\n"
    "    - {op: test, path: /stringData/password, value: MARK}\n",
    "patch-file": "patches: [{path: p.env}]\n",
    "merge": "secretGenerator: [{name: x, behavior: merge, literals: [password=MARK]}]\n",
    "repeated": "secretGenerator: [{name: x, literals: [password=MARK, password=MARK]}]\n",
    "wrong": "secretGenerator: MARK\n",
}


def mark(number: int) -> str:
    return f"hunter{number:02}Xyzzy9Plugh"


def filled(text: str, name: str, number: int) -> str:
    value = mark(number)
    text = text.replace("NAME", name).replace("MARK", value)
    return text.replace("B64", base64.b64encode(value.encode()).decode())


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.fixture(scope="module", name="tree")
def tree_with_secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("tree")
    write(root / "clusters/home/sync.yaml", ENTRY)
    numbers = itertools.count(10)
    for name, text in PLAIN.items():
        write(root / name / "a.yaml", filled(text, name, next(numbers)))
    for name, text in LISTS.items():
        number = next(numbers)
        base = SECRET + "stringData: {password: MARK}\n"
        write(root / name / "s.yaml", filled(base, name, number))
        write(root / name / "p.env", filled("PASSWORD=MARK\n", name, number))
        write(
            root / name / "kustomization.yaml", filled("resources: [s.yaml]\n" + text, name, number)
        )
    for name in (*PLAIN, *LISTS):
        unit = filled(UNIT.replace("UNIT", name).replace("MARK1", mark(9)), name, 9)
        write(root / f"clusters/home/{name}.yaml", unit)
    return root


def encoded(value: str) -> Iterator[str]:
    """The middle of a value in base64, at each of the three offsets."""
    for offset in range(3):
        yield base64.b64encode(value.encode()[offset:])[:16].decode()


def assert_no_secret(done: Run) -> None:
    text = done.out + done.err
    for number in range(9, 60):
        assert mark(number)[:10] not in text
        for part in encoded(mark(number)):
            assert part not in text
    assert str(NUMBER) not in text


@pytest.mark.parametrize("output", FORMATS)
def test_check_shows_no_secret_of_a_tree(tree: Path, output: str) -> None:
    done = Project(tree).run("--trace", "check", ".", "--output", output)
    assert done.code == 1
    assert_no_secret(done)


def test_messages_still_name_the_object_and_the_field(tree: Path) -> None:
    found = json.loads(Project(tree).run("check", ".", "--output", "json").out)["violations"]
    said = {(each["object"], each["path"], each["message"]) for each in found}
    for expected in (
        ("Secret shop/number", "stringData.pin", "must be a string, not the number (redacted)"),
        ("Secret shop/not-base64", "data.password", "is not base64"),
        ("Secret shop/list", "stringData.pin", "must be a string, not a list"),
        ("File no-object/a.yaml", "", "a document is text, not an object"),
        (
            "HelmRelease.helm.toolkit.fluxcd.io shop/release",
            "spec.values.global.imagePullSecrets",
            "must be a list, not the string (redacted)",
        ),
        (
            "File merge/kustomization.yaml",
            "",
            "Kustomize refuses it: a generator merges into Secret x, which does not exist",
        ),
    ):
        assert expected in said
    about = " ".join(each["object"] for each in found)
    for name in (*PLAIN, *LISTS):
        assert name in about


MAIN = """\
from kubeapis import k8s
from kubestrata import Cluster, Component, Flux, GitRepository, Host
from kubestrata import Namespace, Platform, RawResource

SECRET = open("secret.txt").read()
platform = Platform()
cluster = Cluster(
    platform,
    "c1",
    domain=Host("example.com"),
    delivery=Flux(repository=GitRepository(url="https://git.example.com/platform")),
    kubernetes="1.35",
)
web = Component(
    cluster, "web", layer="apps", namespace=Namespace("web", pod_security="baseline")
)
k8s.Secret(web, "typed", string_data={"password": SECRET, "a": "1"})
RawResource(web, "raw", {"apiVersion": "v1", "kind": "Secret", "data": {"password": SECRET}})
RawResource(web, "pin", {"apiVersion": "v1", "kind": "Secret", "stringData": {"pin": [SECRET]}})
RawResource(web, "env", {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [
    {"name": "a", "image": "a:1", "env": [{"name": "DB_PASSWORD", "value": SECRET}]}]}})
RawResource(web, "config", {"apiVersion": "v1", "kind": "ConfigMap", "data": {
    "key": "-----BEGIN PRIVATE KEY-----\\n" + SECRET + "\\n-----END PRIVATE KEY-----"}})
RawResource(web, "release", {"apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "HelmRelease",
    "spec": {"interval": "5m", "values": {"db": {"password": SECRET}}}})
LAST
platform.synth()
"""
FOREIGN = """\
import cdk8s
cdk8s.ApiObject(web, "foreign", api_version="v1", kind="Secret",
    metadata={"name": "foreign"}).add_json_patch(
        cdk8s.JsonPatch.add("/stringData", {"password": SECRET}))
"""
ENDS = {
    "good": FOREIGN,
    "foreign": f"{FOREIGN}raise ValueError(f'cannot log in with {{SECRET}}')",
    "exception": "raise ValueError(f'cannot log in with {SECRET}')",
    "exit": "raise SystemExit(f'cannot log in with {SECRET}')",
    "chained": "try:\n    raise ValueError(SECRET)\n"
    "except ValueError as e:\n    raise KeyError from e",
    "argument": "k8s.Secret(web, 'x', string_data={'password': [SECRET]})",
    "keyword": "k8s.Secret(web, 'x', stringData={'password': SECRET})",
    "name": "k8s.Secret(web, SECRET + '_', string_data={'password': SECRET})",
    "value": "k8s.Secret(web, 'x', type=[SECRET])",
    "duplicate": "k8s.Secret(web, 'typed', string_data={'password': SECRET})",
    "quoted": "k8s.Secret(web, 'q', string_data={'p': \"it's \" + SECRET + '\\n\"quoted\"'})\n"
    'raise ValueError(repr("it\'s " + SECRET + \'\\n"quoted"\'))',
    "encoded": "import base64\nraise ValueError(base64.b64encode(SECRET.encode()))",
    "own error": "from kubestrata.core.errors import ConfigError\n"
    "raise ConfigError(SECRET, SECRET, SECRET, SECRET)",
}
COMMANDS = (
    ("check",),
    *(("check", "--output", output) for output in FORMATS[1:]),
    ("synth", "--no-check"),
    ("synth",),
    ("diff",),
    ("diff", "--output", "json"),
    ("graph",),
    ("graph", "--output", "json"),
    ("explain", "dist/c1/apps/web/typed-secret.yaml"),
    ("explain", "dist/c1/apps/web/typed-secret.yaml", "--output", "json"),
)


def project_with(root: Path, end: str, secret: str) -> Project:
    project = write_project(root)
    (root / "main.py").write_text(MAIN.replace("LAST", end))
    (root / "secret.txt").write_text(secret)
    return project


@pytest.mark.parametrize("end", ENDS)
def test_no_command_shows_a_secret_of_main_py(tmp_path: Path, end: str) -> None:
    project = project_with(tmp_path, ENDS[end], mark(10))
    commands = COMMANDS if end == "good" else (COMMANDS[2], COMMANDS[-1])
    for command in commands:
        done = project.run("--trace", *command, env={"CI": ""})
        assert_no_secret(done)
        assert end == "good" or done.code == 2


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose secret has changed since it was synthesized."""
    project = project_with(tmp_path_factory.mktemp("changed"), FOREIGN, mark(10))
    assert project.run("synth", "--no-check", env={"CI": ""}).code == 0
    (project.root / "secret.txt").write_text(mark(11))
    return project


@pytest.mark.parametrize("output", ["text", "json"])
def test_diff_shows_that_a_secret_changes_and_not_to_what(changed: Project, output: str) -> None:
    done = changed.run("diff", "--output", output)
    assert done.code == 1
    assert_no_secret(done)
    for part in ("Secret web/typed", "stringData.password", "Secret web/foreign", "(redacted)"):
        assert part in done.out
    assert "spec.values.db.password" in done.out
