"""Generated files that an open merge in git left unlisted in the index.

Git keeps a file that one branch changed and the other removed, and puts a new file of a renamed
folder into the new folder. While the merge is open, git's own records show which of them synth
wrote: those that the index of a merged commit lists.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Mapping

from kubestrata.core.errors import DistError
from kubestrata.synth.manifest_index import INDEX_NAME, parse_index

_OPEN = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REBASE_HEAD")
"""References to the commit that git merges into HEAD, present until the merge is finished."""


def unmerged_files(outdir: str) -> set[str]:
    """Return the paths below `outdir` that git left unmerged and synth wrote in a merged commit."""
    if not _may_be_unmerged(outdir):
        return set()
    unmerged = _unmerged(outdir)
    if not unmerged:
        return set()
    heads = [head for head in ("HEAD", *_OPEN) if _git(outdir, "rev-parse", "-q", "--verify", head)]
    trees = [_tree(outdir, head) for head in heads]
    listed = [_listed(outdir, tree) for tree in trees]
    written = {tree[path] for tree, paths in zip(trees, listed, strict=True) for path in paths}
    return {
        path
        for path, blobs in unmerged.items()
        if _is_listed(path, trees, listed, moved=bool(blobs & written))
    }


def _is_listed(
    path: str, trees: Iterable[Mapping[str, str]], listed: Iterable[set[str]], *, moved: bool
) -> bool:
    """Return True if each commit with the file lists it; `moved` decides if none has it."""
    having = [path in paths for tree, paths in zip(trees, listed, strict=True) if path in tree]
    return all(having) if having else moved


def _may_be_unmerged(outdir: str) -> bool:
    """Return True if a repository above the folder has an open merge; starts no process."""
    folder = os.path.realpath(outdir)
    while True:
        place = os.path.join(folder, ".git")
        if os.path.isfile(place):  # a worktree or submodule: only git can locate its records
            return True
        if os.path.isdir(place):
            return any(os.path.exists(os.path.join(place, name)) for name in _OPEN)
        if folder == os.path.dirname(folder):
            return False
        folder = os.path.dirname(folder)


def _unmerged(outdir: str) -> dict[str, set[str]]:
    """Return the unmerged paths below the folder, with the blobs of their sides."""
    found: dict[str, set[str]] = {}
    for record in _records(_git(outdir, "ls-files", "--unmerged", "-z")):
        facts, _, path = record.partition("\t")
        found.setdefault(path, set()).add(facts.split(" ")[1])
    return found


def _tree(outdir: str, commit: str) -> dict[str, str]:
    """Return the blobs of a commit by their path below the folder."""
    found: dict[str, str] = {}
    for record in _records(_git(outdir, "ls-tree", "-r", "-z", commit)):
        facts, _, path = record.partition("\t")
        found[path] = facts.split(" ")[2]
    return found


def _listed(outdir: str, tree: Mapping[str, str]) -> set[str]:
    if INDEX_NAME not in tree:
        return set()
    content = _git(outdir, "cat-file", "blob", tree[INDEX_NAME])
    try:
        return set(parse_index(INDEX_NAME, content)) & tree.keys()
    except DistError:
        return set()


def _records(output: bytes) -> list[str]:
    return [os.fsdecode(record) for record in output.split(b"\0") if record]


def _git(outdir: str, *arguments: str) -> bytes:
    """Return the output of a read-only git command, empty if it fails."""
    command = ["git", "-C", outdir, *arguments]
    # in a hook, git's variables name another folder
    plain = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(command, capture_output=True, check=False, env=plain)  # noqa: S603
    except OSError:
        return b""
    return done.stdout if done.returncode == 0 else b""
