"""Check the subject of a commit message: `python .ci/commit_subject.py FILE`.

A subject is an imperative that starts with a capital letter, has at most 72 characters and no
closing full stop. Exits 0, or 1 with what to change.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

LIMIT = 72
_WRITTEN_BY_GIT = re.compile(r"(Merge|Revert) |(fixup|squash|amend)! ")
_NOT_IMPERATIVE = re.compile(
    r"(?:\w+(?:ed|ing)|\w+[^suai]s"
    r"|A|All|An|And|Any|At|Both|Each|Every|For|If|In|It|Its|No|Not|Nobody|Nothing|Of|On|One|Only"
    r"|Our|Some|That|The|There|These|They|This|To|Two|What|When|Where|Whether|Which|Who|Whose|With)"
    r"(?=\W|$)",
)
_IMPERATIVE = frozenset({"Bring", "Embed", "Feed", "Need", "Seed", "Speed", "String", "Shed"})


def faults(subject: str) -> list[str]:
    """Return what is wrong with a subject.

    >>> faults("Remove unused ClusterTree.workloads_in")
    []
    >>> faults("removed it.")
    ['starts with a small letter', 'ends with a full stop', "'removed' is not an imperative verb"]
    """
    if _WRITTEN_BY_GIT.match(subject):
        return []
    word = subject.partition(" ")[0]
    found: list[str] = []
    if not word:
        return ["is empty"]
    if len(subject) > LIMIT:
        found.append(f"has {len(subject)} characters; the limit is {LIMIT}")
    if word[0].islower():
        found.append("starts with a small letter")
    if subject.endswith("."):
        found.append("ends with a full stop")
    if word.title() not in _IMPERATIVE and _NOT_IMPERATIVE.fullmatch(word):
        found.append(f"{word!r} is not an imperative verb")
    return found


def main(file: str) -> int:
    """Check the first line of a file that is not a comment."""
    lines = Path(file).read_text(encoding="utf-8").splitlines()
    subject = next((line for line in lines if not line.startswith("#")), "").strip()
    found = faults(subject)
    for fault in found:
        print(f"commit subject {subject!r}: {fault}", file=sys.stderr)
    if found:
        example = "write what the commit does: 'Remove unused ClusterTree.workloads_in'"
        print(f"  fix: {example}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
