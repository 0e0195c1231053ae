"""CRD files that a side cannot import: it fails, writes no Python, or loses kinds.

Usage: python benchmarks/import_failures.py MIRROR [--results FOLDER] [--jobs 2] [--write FILE]

Each file goes through `cdk8s import --language python` and through ours, alone and in fresh
processes; then what was written is imported, and every version of every kind of the CRD must be
there. That takes half an hour; results are kept by file, so that a run continues where the last
one stopped. `--again kubestrata` forgets what that side did, as after a change of the generator,
`--again failed` what went wrong.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

from crd_files import crd_files, label
from environment import CACHE, Environments
from import_attempt import FINE, Outcome, attempt_cdk8s, attempt_kubestrata
from markdown import table

ATTEMPTS: Mapping[str, Callable[[Path, Mapping[str, str], Path], Outcome]] = {
    "kubestrata": attempt_kubestrata,
    "cdk8s": attempt_cdk8s,
}
FAILED = "failed"


class Results:
    """Outcomes on disk, by side and by the bytes of the file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _path(self, side: str, file: Path) -> Path:
        digest = hashlib.sha256(file.read_bytes()).hexdigest()[:16]
        return self._folder / side / f"{file.parent.name}-{file.stem}-{digest}.json"

    def get(self, side: str, file: Path) -> Outcome | None:
        """Return the stored outcome, if any."""
        path = self._path(side, file)
        return Outcome(**json.loads(path.read_text())) if path.exists() else None

    def put(self, side: str, file: Path, outcome: Outcome) -> None:
        """Store an outcome atomically."""
        path = self._path(side, file)
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(outcome)))
        fresh.replace(path)

    def forget(self, what: str) -> None:
        """Remove the outcomes of a side, or all failures."""
        for path in self._folder.glob("*/*.json"):
            outcome = Outcome(**json.loads(path.read_text()))
            if path.parent.name == what or (what == FAILED and outcome.verdict != FINE):
                path.unlink()


def _complete(files: list[Path], results: Results, folder: Path, jobs: int) -> None:
    env = Environments(folder, []).of("warm")
    missing = [
        (side, file) for side in ATTEMPTS for file in files if results.get(side, file) is None
    ]

    def attempt(side: str, file: Path) -> None:
        results.put(side, file, ATTEMPTS[side](file, env, folder))

    with ThreadPoolExecutor(jobs) as pool:
        for number, _ in enumerate(pool.map(lambda each: attempt(*each), missing)):
            if number % 10 == 0:
                print(f"{number} of {len(missing)} ...", file=sys.stderr, flush=True)


def render(mirror: Path, files: list[Path], results: Results) -> str:
    """Return the counts of both sides, and every file that one of them cannot import."""
    counts = {side: Counter[str]() for side in ATTEMPTS}
    rows = []
    for file in files:
        for side in ATTEMPTS:
            outcome = results.get(side, file) or Outcome("not tried")
            counts[side][outcome.verdict] += 1
            if outcome.verdict != FINE:
                rows.append([label(file, mirror), side, outcome.verdict, f"`{outcome.reason}`"])
    verdicts = sorted({verdict for each in counts.values() for verdict in each})
    sums = [[side, *(str(each[verdict]) for verdict in verdicts)] for side, each in counts.items()]
    parts = [f"{len(files)} files:", table(["side", *verdicts], sums)]
    if rows:
        parts.append(table(["file", "side", "what", "first telling line"], rows))
    return "\n\n".join(parts)


def main() -> None:
    """Run the missing imports, then print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mirror", type=Path, help="folder of schema sources, with crds/ in it")
    parser.add_argument("--results", type=Path, default=CACHE / "import-failures")
    parser.add_argument("--jobs", type=int, default=2, help="imports at a time (default 2)")
    parser.add_argument("--again", choices=(*ATTEMPTS, FAILED), help="forget these results")
    parser.add_argument("--write", type=Path, help="also write the tables to this file")
    options = parser.parse_args()
    mirror = options.mirror.resolve()
    folder = options.results.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    files = crd_files(mirror)
    results = Results(folder)
    if options.again:
        results.forget(options.again)
    _complete(files, results, folder, options.jobs)
    text = render(mirror, files, results)
    print(text)
    if options.write:
        options.write.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
