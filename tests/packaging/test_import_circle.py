"""No module of the library imports itself through others, be it late or for types only."""

from __future__ import annotations

from pathlib import Path

import grimp
import pytest

from kubestrata.core.reachability import Reachability

LATE = "def call() -> None:\n    import {0}\n"
FOR_TYPES = "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import {0}\n"


def circles(package: str) -> list[list[str]]:
    graph = grimp.build_graph(package, cache_dir=None)
    imports = {one: graph.find_modules_directly_imported_by(one) for one in graph.modules}
    return sorted(sorted(ring) for ring in Reachability(imports).rings)


def test_modules_of_the_library_import_each_other_in_no_circle() -> None:
    assert circles("kubestrata") == []


@pytest.mark.parametrize(("package", "way_back"), [("late_ring", LATE), ("type_ring", FOR_TYPES)])
def test_a_circle_of_late_imports_or_of_types_is_found(
    package: str, way_back: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / package
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "one.py").write_text(f"import {package}.two\n", encoding="utf-8")
    (folder / "two.py").write_text(way_back.format(f"{package}.one"), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    assert circles(package) == [[f"{package}.one", f"{package}.two"]]
