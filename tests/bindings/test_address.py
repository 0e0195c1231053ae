"""Addresses: the syntax of `cdk8s import`, and what it pins."""

from __future__ import annotations

import pytest

from kubestrata.bindings.source.address import Entry, parse_entry
from kubestrata.core.errors import ImportSourceError

RAW = "https://raw.githubusercontent.com"
CRDS = "https://doc.crds.dev/raw/github.com"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("k8s@1.35.0", Entry("k8s", "k8s@1.35.0", "1.35.0")),
        ("old:=k8s@v1.28.0", Entry("old", "k8s@1.28.0", "1.28.0")),
        ("crds/*.yaml", Entry("", "crds/*.yaml", "")),
        ("made:=./crd.yaml", Entry("made", "./crd.yaml", "")),
        (f"a:={RAW}/o/r/v1.2/p/x.yaml", Entry("a", f"{RAW}/o/r/v1.2/p/x.yaml", "v1.2")),
        (f"{RAW}/o/r/refs/tags/v1/x.yaml", Entry("", f"{RAW}/o/r/refs/tags/v1/x.yaml", "v1")),
        ("github:o/r@v1/p/x.yaml", Entry("", f"{RAW}/o/r/v1/p/x.yaml", "v1")),
        ("github:o/r", Entry("", f"{CRDS}/o/r", "")),
        ("a:=github:o/r@0.14", Entry("a", f"{CRDS}/o/r@v0.14.0", "v0.14.0")),
        ("github:o/r@v1.2.3", Entry("", f"{CRDS}/o/r@v1.2.3", "v1.2.3")),
        ("https://example.org/crd.yaml", Entry("", "https://example.org/crd.yaml", "")),
    ],
)
def test_entries_are_read_as_cdk8s_writes_them(text: str, expected: Entry) -> None:
    assert parse_entry(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("k8s", "does not pin a version"),
        ("k8s@latest", "does not pin a version"),
        ("http://example.org/a.yaml", "is not fetched over https"),
        ("ftp://example.org/a.yaml", "is not fetched over https"),
        ("github:o/r@v1", "names neither a version nor a file"),
        ("github:../r@1.2", "names neither a version nor a file"),
        ("", "is not an address"),
        ("a:=", "is not an address"),
        ("a\nb", "is not an address"),
        ("a" * 101 + ":=x.yaml", "names its package"),
    ],
)
def test_entries_that_name_nothing_are_refused(text: str, expected: str) -> None:
    with pytest.raises(ImportSourceError, match=expected):
        parse_entry(text)
