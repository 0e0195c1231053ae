"""ConfigMaps of files: content, names, references and limits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from kubeapis import k8s
from kubestrata import Component, Json, Placeholder, PlaceholderInt
from kubestrata.constructs import ConfigFiles, FileContent
from kubestrata.constructs.config.env_file import parse_variables
from kubestrata.constructs.config.file_template import fill
from kubestrata.core.errors import InvalidReference, InvalidValue
from kubestrata.gitops.kubectl import kubectl
from tests.constructs.checking import faults, objects, rendered
from tests.kustomize import kustomize
from tests.small_platform import new_cluster, new_component, order

MOST = 1_048_576


def home() -> Component:
    return new_component(new_cluster())


def data(component: Component) -> dict[str, Any]:
    (found,) = objects(component, "ConfigMap")
    return {**found.get("data", {}), **found.get("binaryData", {})}


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_config_files_minimal(manifests: SnapshotAssertion) -> None:
    component = home()
    ConfigFiles(component, "settings", content=[FileContent.text("a.conf", "key = value\n")])
    assert rendered(component) == manifests
    assert faults(component) == []


def test_config_files_full(tmp_path: Path, manifests: SnapshotAssertion) -> None:
    folder = tmp_path / "sql"
    folder.mkdir()
    written(folder, "2.sql", "select 2;\n")
    written(folder, "1.sql", "select 1;\n")
    written(folder, ".hidden.sql", "no\n")
    written(folder, "notes.txt", "no\n")
    component = home()
    service = k8s.Service(component, "db", spec=k8s.ServiceSpec(ports=[k8s.ServicePort(port=5432)]))
    template = written(tmp_path, "app.conf", "host = @{host}\nport = @{port:int}\n")
    ConfigFiles(
        component,
        "settings",
        content=[
            FileContent.folder(folder, pattern="*.sql"),
            FileContent.variables(written(tmp_path, "app.env", "# no\nLEVEL=info\nEMPTY=\n")),
            FileContent.template(template, {"host": service.name, "port": 5432}),
            FileContent.json("compact.json", {"b": 1, "a": [True, None]}),
            FileContent.yaml("nice.yaml", {"b": {"c": 1}}),
            FileContent.compact_json(written(tmp_path, "board.json", '{ "uid" : "x" }\n')),
            FileContent.file(written(tmp_path, "logo.png", b"\x89PNG\xff"), key="logo"),
            FileContent.binary("raw", b"\x00"),
        ],
        naming="stable",
        metadata=k8s.ObjectMeta(name="app-settings", labels={"grafana_dashboard": "1"}),
        apply="client-side",
    )
    assert rendered(component) == manifests
    assert faults(component) == []


def test_a_hashed_name_follows_the_content() -> None:
    names = []
    for text in ("a", "a", "b"):
        made = ConfigFiles(home(), "settings", content=[FileContent.text("k", text)])
        assert made.resource.body["immutable"] is True
        names.append(str(made.reference.name))
    assert names[0] == names[1] != names[2]
    assert names[0].startswith("settings-")
    binary = ConfigFiles(home(), "settings", content=[FileContent.binary("k", b"a")])
    assert binary.reference.name not in names


def test_references_in_content_order_the_component(tmp_path: Path) -> None:
    cluster = new_cluster()
    base = k8s.ConfigMap(new_component(cluster, "base"), "base", data={"a": "b"})
    other = k8s.ConfigMap(new_component(cluster, "other"), "other", data={"a": "b"})
    path = written(tmp_path, "a.conf", "@{one} @{two:json}")
    content = [FileContent.template(path, {"one": base.name, "two": [other.name]})]
    component = new_component(cluster)
    ConfigFiles(component, "settings", content=content)
    assert data(component) == {"a.conf": 'base ["other"]'}
    assert order(cluster)["web"] == ["base", "other"]


def test_a_reference_knows_its_keys() -> None:
    files = ConfigFiles(home(), "settings", content=[FileContent.text("app.conf", "")])
    key = files.key("app.conf")
    assert key.selector.key == "app.conf"
    assert key.selector.name == files.reference.name
    items = files.reference.volume("app.conf").items
    assert items is not None
    assert items[0].path == "app.conf"
    assert files.reference.volume().items is None
    with pytest.raises(InvalidReference, match=r"has no key 'app.cnf'\n  fix: write 'app.conf'"):
        files.key("app.cnf")


def test_a_value_of_the_cluster_may_be_in_a_template(tmp_path: Path) -> None:
    path = written(tmp_path, "a.conf", "@{zone}:@{port:int}")
    values: dict[str, Json] = {"zone": Placeholder("zone"), "port": PlaceholderInt("port")}
    found = FileContent.template(path, values).entries["a.conf"]
    assert found == f"{Placeholder('zone')}:{PlaceholderInt('port').mark}"


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("@{a}@{a}", {"a": "x"}, "xx"),
        ("@@{a} @{a:json}", {"a": 'q"'}, '@{a} "q\\""'),
        ("@{a:bool} @{b:number} @{c:int}", {"a": True, "b": 1.5, "c": -1}, "true 1.5 -1"),
        ("@{a:number}", {"a": 2}, "2"),
        ("${a} {{ a }} $a user@host @", {}, "${a} {{ a }} $a user@host @"),
        ("@{a}", {"a": "@{b} {{ c }}"}, "@{b} {{ c }}"),
    ],
)
def test_placeholders_are_replaced_once(text: str, values: dict[str, Any], expected: str) -> None:
    assert fill(text, values, "a.conf")[0] == expected


@pytest.mark.parametrize(
    ("text", "values", "message"),
    [
        ("\n@{prot}", {"port": "1"}, r"a.conf:2: placeholder 'prot': has no value\n.*'port'"),
        ("@{a}", {}, "pass 'a' in values="),
        ("@{a}", {"a": 1}, r"is a int, but the template has @\{a:text\}\n.*@\{a:int\}"),
        ("@{a:int}", {"a": "1"}, r"write @\{a:text\}"),
        ("@{a:int}", {"a": True}, r"write @\{a:bool\}"),
        ("@{a:bool}", {"a": [1]}, r"write @\{a:json\}"),
        ("@{a:itn}", {"a": 1}, r"write 'int'"),
        ("@{a b}", {"a": 1}, "is not a valid placeholder"),
        ("@{a", {"a": 1}, "is not a valid placeholder"),
        ("x", {"a": 1}, "value 'a': is not used by a.conf"),
        ("@{a:json}", {"a": {1, 2}}, "it has no order"),
    ],
)
def test_a_wrong_placeholder_is_refused(text: str, values: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValue, match=message):
        fill(text, values, "a.conf")


@given(st.text(alphabet="@{}:ab \n", max_size=30))
def test_a_template_is_filled_or_refused(text: str) -> None:
    if "@{" in text.replace("@@{", "\n"):
        with pytest.raises(InvalidValue, match=r"^a\.conf:"):
            fill(text, {}, "a.conf")
    else:
        assert fill(text, {}, "a.conf")[0] == text.replace("@@{", "@{")


ENVIRONMENT = """\
\ufeffA=1
 # a comment
\tB = two words \t
C="quoted"
D=a=b
E=
f.g-h=i\r
"""


def by_kustomize(folder: Path, text: str) -> dict[str, Any]:
    (folder / "a.env").write_text(text, newline="")
    listed = {"configMapGenerator": [{"name": "a", "envs": ["a.env"]}]}
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(listed))
    done = kustomize(folder, check=False)
    return yaml.safe_load(done.stdout)["data"] if done.returncode == 0 else {}


@pytest.mark.skipif(kubectl() is None, reason="kubectl is not installed")
def test_variables_have_the_values_of_kustomize(tmp_path: Path) -> None:
    text = ENVIRONMENT.replace("B =", "B=")
    found = parse_variables(text, "a.env")
    assert found == by_kustomize(tmp_path, text)
    assert found["B"] == " two words \t"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("A", r"a.env:2: a line: has no '='"),
        ("export A=1", r"is not a valid name of a variable.*\n  fix: write A=\.\.\."),
        ("1A=1", "is not a valid name"),
        ("X=2", r"a.env:2: variable 'X': is set in line 1 already"),
    ],
)
def test_a_line_that_is_not_a_variable_is_refused(line: str, message: str) -> None:
    with pytest.raises(InvalidValue, match=message):
        parse_variables(f"X=1\n{line}\n", "a.env")


def test_a_line_without_a_name_is_not_shown() -> None:
    with pytest.raises(InvalidValue) as raised:
        parse_variables("hunter2\n", "a.env")
    assert "hunter2" not in str(raised.value)


PRIVATE = "-----BEGIN RSA PRIVATE KEY-----\nMII\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([], "is empty"),
        ([FileContent.text("a", ""), FileContent.text("a", "")], "comes from two files"),
        (["text"], "where FileContent is expected"),
        (FileContent.text("a", ""), r"write content=\[\.\.\.\]"),
        ([FileContent.text("a/b", "")], "is not valid: must be letters.*\n  fix: write 'a-b'"),
        ([FileContent.text("..a", "")], "is not valid"),
        ([FileContent.text("a" * 254, "")], "has 254 characters; at most 253"),
        ([FileContent.text("k", PRIVATE)], "has a private key.*\n  fix: use ExternalSecret"),
        ([FileContent.binary("k", b"\xff" + PRIVATE.encode())], "has a private key"),
        ([FileContent.text("k", "\ud800")], "has half of a character at 0"),
        ([FileContent.text("k", "a: ENC[AES256_GCM,data:x]")], "is encrypted by SOPS"),
    ],
)
def test_content_that_is_not_valid_is_refused(content: Any, message: str) -> None:
    with pytest.raises(InvalidValue, match=message):
        ConfigFiles(home(), "settings", content=content)


@pytest.mark.parametrize("options", [{"naming": "hash"}, {"apply": "client"}])
def test_a_word_that_is_not_an_option_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue, match=r"must be '\w"):
        ConfigFiles(home(), "settings", content=[FileContent.text("a", "")], **options)


def test_a_path_that_is_text_is_refused() -> None:
    wrong: Any = "a.conf"
    factories: list[Any] = [
        FileContent.file,
        FileContent.folder,
        FileContent.variables,
        FileContent.compact_json,
    ]
    for factory in factories:
        with pytest.raises(InvalidValue, match=r"is a str, where Path is expected"):
            factory(wrong)


def test_a_config_map_has_at_most_a_mebibyte_of_values() -> None:
    half = "ä" * (MOST // 4)
    fits = [FileContent.text("a", half), FileContent.binary("b", b"x" * (MOST // 2))]
    component = home()
    ConfigFiles(component, "settings", content=fits)
    assert faults(component) == []
    message = r"has 1048577 bytes \(a 524288, b 524288, c 1\); the API server accepts 1048576"
    with pytest.raises(InvalidValue, match=message):
        ConfigFiles(home(), "settings", content=[*fits, FileContent.text("c", "x")])
    with pytest.raises(InvalidValue, match="fix: split the file"):
        ConfigFiles(home(), "settings", content=[FileContent.text("a", "x" * (MOST + 1))])


def client_side(length: int) -> None:
    content = [FileContent.text("a", "<" * 10 + "x" * length)]
    ConfigFiles(home(), "settings", content=content, apply="client-side", naming="stable")


def test_an_object_that_kubectl_applies_fits_into_its_annotation() -> None:
    metadata = {"name": "settings", "namespace": "web", "annotations": {}}
    head = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"a": ""}}
    around = len(json.dumps(head, separators=(",", ":"))) + 1
    around += len("kubectl.kubernetes.io/last-applied-configuration")
    left = 262_144 - around - 60
    client_side(left)
    with pytest.raises(InvalidValue, match=r"needs 262145 bytes.*\n  fix: apply it with --server"):
        client_side(left + 1)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda folder: FileContent.file(folder / "gone"), "cannot be read: No such file"),
        (lambda folder: FileContent.folder(folder / "gone"), "is not a folder"),
        (lambda folder: FileContent.folder(folder, pattern="*.sql"), "no file that matches"),
        (
            lambda folder: FileContent.variables(written(folder, "a.env", b"\xff")),
            "is not UTF-8 text",
        ),
        (lambda folder: FileContent.compact_json(written(folder, "a.json", "{")), "is not JSON"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(tmp_path: Path, make: Any, message: str) -> None:
    with pytest.raises(InvalidValue, match=message):
        make(tmp_path)


def test_a_link_out_of_a_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "a").symlink_to(written(tmp_path, "outside", "x"))
    with pytest.raises(InvalidValue, match="is a link to a file outside of the folder"):
        FileContent.folder(folder)


def test_text_that_yaml_cannot_carry_is_binary(tmp_path: Path) -> None:
    found = FileContent.file(written(tmp_path, "a", "a\ufffeb")).entries["a"]
    assert found == "a\ufffeb".encode()


@pytest.mark.parametrize("value", [None, 5, b"x"])
def test_text_is_text_and_data_are_bytes(value: Any) -> None:
    with pytest.raises(InvalidValue, match=r"text of 'a': is a .*, where str is expected"):
        FileContent.text("a", value)
    with pytest.raises(InvalidValue, match="data of 'a': is a str, where bytes is expected"):
        FileContent.binary("a", str(value))  # type: ignore[arg-type]


@pytest.mark.parametrize("pattern", ["/etc/*", "../*", ""])
def test_a_pattern_of_a_folder_is_for_names(tmp_path: Path, pattern: str) -> None:
    with pytest.raises(InvalidValue, match="is not a pattern of file names"):
        FileContent.folder(tmp_path, pattern=pattern)


def test_metadata_of_another_type_is_reported() -> None:
    wrong: Any = {"labels": {}}
    with pytest.raises(InvalidValue, match="is a dict, where ObjectMeta or None is expected"):
        ConfigFiles(home(), "a", content=[FileContent.text("a", "")], metadata=wrong)
