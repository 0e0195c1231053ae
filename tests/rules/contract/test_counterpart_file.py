"""Files of the other side: their formats, their errors, and nothing of their values."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kubestrata.core.errors import KubestrataError
from kubestrata.rules.contract.counterpart_file import read_counterparts
from kubestrata.rules.counterpart import Counterpart

ENTRY = {"sort": "bucket", "name": "backups"}


def read(folder: Path, name: str, text: str, *clusters: str) -> list[Counterpart]:
    (folder / name).write_text(text)
    return read_counterparts(folder / name, clusters, name)


def contract(*entries: object, **cluster: Any) -> str:
    one = {"name": "home", "entries": list(entries), **cluster}
    return json.dumps({"format": "kubestrata-contract/1", "clusters": [one]}, indent=1)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("keys.txt", "# keys\nshop/web: login, word\n\nshop/empty:\narn:aws:secret:db\n"),
        ("keys", "shop/web: login,word\nshop/empty\narn:aws:secret:db\n"),
        ("keys.yaml", "shop/web: [login, word]\nshop/empty:\narn:aws:secret:db: null\n"),
        ("keys.yml", "shop/web: login, word\nshop/empty: ''\narn:aws:secret:db:\n"),
        (
            "keys.json",
            (
                '{"shop/web": {"login": "x", "word": "y"}, "shop/empty": [],'
                ' "arn:aws:secret:db": null}'
            ),
        ),
    ],
)
def test_store_keys_are_lines_or_a_map(tmp_path: Path, name: str, text: str) -> None:
    (found,) = read(tmp_path, name, text)
    keys = found.names["store-key"]
    assert set(keys) == {"shop/web", "shop/empty", "arn:aws:secret:db"}
    assert keys["shop/web"] == frozenset({"login", "word"})
    assert keys["arn:aws:secret:db"] is None


def test_store_keys_may_be_a_list(tmp_path: Path) -> None:
    (found,) = read(tmp_path, "keys.json", '["shop/web", "shop/db"]')
    assert found == Counterpart("keys.json", {"store-key": {"shop/web": None, "shop/db": None}})


def test_outputs_are_variables_and_so_are_their_attributes(tmp_path: Path) -> None:
    outputs = {
        "region": {"value": "north", "type": "string", "sensitive": False},
        "word": {"value": "hidden-value", "type": "string", "sensitive": True},
        "subnets": {"value": ["a"], "type": ["list", "string"], "sensitive": False},
        "facts": {
            "value": {"vpc_id": "vpc-1", "zones": ["a"]},
            "type": ["object", {"vpc_id": "string", "zones": ["list", "string"]}],
            "sensitive": False,
        },
        "tags": {"value": {"owner": "shop"}, "type": ["map", "string"], "sensitive": True},
    }
    (found,) = read(tmp_path, "outputs.json", json.dumps(outputs))
    names = {"region", "word", "subnets", "facts", "vpc_id", "tags", "owner"}
    assert set(found.names["variable"]) == names
    assert found.unusable == {"subnets": "list", "facts": "object", "tags": "map"}
    assert "hidden-value" not in repr(found)


def test_a_contract_describes_its_clusters_and_sorts(tmp_path: Path) -> None:
    key = {"sort": "store-key", "name": "a", "properties": [{"name": "p"}], "uses": []}
    (found,) = read(tmp_path, "c.json", contract(ENTRY, key, sorts=["host"]))
    assert found.clusters == {"home"}
    assert found.names == {"host": {}, "bucket": {"backups": None}, "store-key": {"a": {"p"}}}


def test_a_file_may_be_about_some_clusters(tmp_path: Path) -> None:
    (found,) = read(tmp_path, "keys.txt", "a\n", "home", "away")
    assert found.clusters == {"home", "away"}
    assert found.describes("home")
    assert not found.describes("other")
    assert read(tmp_path, "c.json", contract(ENTRY), "away") == []
    (own,) = read(tmp_path, "c.json", contract(ENTRY), "home")
    assert own.clusters == {"home"}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("keys.txt", "shop/web\nshop web\n", "keys.txt:2: is not a key of a store: a key has no"),
        ("keys.json", '{\n "a": [}\n', "keys.json:2: not JSON: "),
        ("keys.json", '[\n "a",\n 7\n]', "keys.json:3: entry 1: must be the name of a key"),
        ("keys.json", '{\n "a": [1]\n}', "keys.json:2: key 'a': must be a list of the names"),
        ("keys.yaml", "a: [\n", "keys.yaml:2: not YAML: "),
        ("keys.yaml", "a: b\n---\nc: d\n", "keys.yaml: is not a file of the other side: it has 2"),
        ("keys.yaml", "a:\nb: 7\n", "keys.yaml:2: key 'b': must be a list"),
        ("outputs.json", "{}", "outputs.json:1: is not a file of the other side: it is empty"),
        ("keys.yaml", "# none\n", "keys.yaml:1: is not a file of the other side: it is empty"),
        ("keys.json", "7", "keys.json:1: is not a file of the other side"),
        ("deep.json", "[" * 100_000, "deep.json: not JSON: it is nested too deeply"),
        (
            "c.json",
            '{"format": "kubestrata-contract/9",\n "clusters": []}',
            "c.json:1: format: is not a known format; this version reads kubestrata-contract/1",
        ),
        (
            "c.json",
            contract(ENTRY, {"sort": "bucket"}),
            "c.json:11: $.clusters[0].entries[1]: object missing required field `name`",
        ),
        (
            "c.json",
            contract(ENTRY, {"sort": "pail", "name": "a"}),
            "c.json:12: sort 'pail': is not a known sort; use one of store-key",
        ),
    ],
)
def test_a_bad_file_is_an_error_with_its_line(
    tmp_path: Path, name: str, text: str, message: str
) -> None:
    with pytest.raises(KubestrataError) as error:
        read(tmp_path, name, text)
    assert str(error.value).startswith(message)
    assert error.value.exit_code == 2


def test_a_missing_file_and_a_folder_are_errors(tmp_path: Path) -> None:
    for path in (tmp_path / "none.txt", tmp_path):
        with pytest.raises(KubestrataError, match="cannot be read"):
            read_counterparts(path)
