"""The same input gives the same bytes, in every process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from kubestrata.bindings import check_untouched
from tests.bindings.project import ROOT, Project, crd, version

RUN = """
import sys
from pathlib import Path
from kubestrata.bindings import generate
generate(Path(sys.argv[1]), imports_dir=Path(sys.argv[2]), mirror=None)
"""


def run(project: Project, imports: Path, seed: str) -> dict[str, bytes]:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT / "lib")}
    command = [sys.executable, "-c", RUN, str(project.config), str(imports)]
    subprocess.run(command, check=True, env=environment, cwd=imports.parent)
    files = (path for path in imports.rglob("*") if path.is_file())
    return {path.relative_to(imports).as_posix(): path.read_bytes() for path in files}


def test_hash_seeds_do_not_show(project: Project, tmp_path: Path) -> None:
    ref = {"type": "object", "properties": {"proxyUrl": {}, "proxyURL": {}, "from": {}}}
    properties = dict.fromkeys(("alpha", "beta", "gammaRef", "deltaRefs"), ref)
    versions = [version(properties), version(properties, name="v2", storage=False)]
    for kind in ("A", "B", "C"):
        project.write(f"{kind}.yaml", crd(*versions, kind=kind), package="made")
    first = run(project, tmp_path / "one", "1")
    assert first == run(project, tmp_path / "two", "2")
    assert check_untouched(tmp_path / "one") == []
