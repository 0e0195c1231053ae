"""Waivers in a file are read with their lines, and errors name the line."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from kubestrata.core.errors import ConfigError, KubestrataError
from kubestrata.core.identity import Identity
from kubestrata.rules.waiver_file import read_waivers

GOOD = """\
# what the shop still needs
- rule: P07
  object: Deployment.apps shop/web
  reason: needs a shell
  owner: shop
  expires: 2027-03-31
- {rule: R11, object: Namespace shop, reason: r, owner: o, expires: "2027-01-01", cluster: home}
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "waivers.yaml"
    path.write_text(text)
    return path


def test_waivers_are_read_with_their_lines(tmp_path: Path) -> None:
    first, second = read_waivers(write(tmp_path, GOOD))
    assert first.object == Identity("apps", "Deployment", "shop", "web")
    assert (first.rule, first.expires, first.origin.line) == ("P07", date(2027, 3, 31), 2)
    assert second.object == Identity("", "Namespace", "", "shop")
    assert (second.cluster, second.origin.line) == ("home", 7)
    assert read_waivers(write(tmp_path, "# nothing\n")) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOD.replace("owner: shop", "owner: ''"), r":2: a waiver: has no owner"),
        (GOOD.replace("  owner: shop\n", ""), r":2: a waiver: has no owner"),
        (
            GOOD.replace("expires: 2027", "expires: soon 2027"),
            (
                r":2: expires .* is not a valid "
                r"date"
            ),
        ),
        (
            GOOD.replace("Namespace shop", "Namespace"),
            (
                r":7: object 'Namespace': is not a valid "
                r"object"
            ),
        ),
        (GOOD.replace("reason: r", "resaon: r"), r":7: resaon of a waiver: is not a valid field"),
        ("rule: P07\n", r":1: waivers: is not a list"),
        ("- P07\n", r":1: a waiver: is not a mapping"),
        ("- {\n", r"cannot be read"),
        ("- rule: [P07]\n", r":1: a waiver: has no expires"),
    ],
)
def test_an_invalid_waiver_is_reported_with_its_line(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        read_waivers(write(tmp_path, text))


def test_a_waiver_file_that_is_not_regular_is_rejected_unread(tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    write(tmp_path, GOOD)
    away, fifo = tmp_path / "tree/away.yaml", tmp_path / "tree/fifo.yaml"
    away.symlink_to("../waivers.yaml")
    os.mkfifo(fifo)
    deep = write(tmp_path / "tree", "[" * 40_000)
    reasons: list[str] = []
    for path in (away, fifo, Path("/dev/zero"), deep):
        with pytest.raises(KubestrataError) as caught:
            read_waivers(path, path.parent)
        reasons.append(str(caught.value.why))
    assert reasons == [
        "is a link to a file outside of the folder",
        "is not a regular file",
        "is not a regular file",
        "nested more than 100 levels deep, or an alias inside itself",
    ]
    assert len(read_waivers(away)) == 2
