"""Results of renderings on disk, by everything that they depend on.

A file that cannot be read is rendered again. Only the user can read the files: what a chart makes
of values may be a Secret.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from importlib.metadata import PackageNotFoundError, version

import msgspec

from kubestrata.core.atomic_file import write_atomically
from kubestrata.core.errors import ImportSourceError
from kubestrata.core.regular_file import read_regular
from kubestrata.helm.chart_traits import ChartTraits, traits_of
from kubestrata.helm.store import ChartStore, files_in
from kubestrata.helm.stored_chart import StoredChart
from kubestrata.helm.work import Outcome, Work

_FORMAT = "9"
"""Raised whenever the same charts and values would give another result."""
_ENGINE = "helm-python-sdk"
_MAX_BYTES = 256 * 1024 * 1024
_UNUSED_SECONDS = 30 * 24 * 3600
_TRAITS = f"traits-{_FORMAT}"
_EVERYTHING = ChartTraits(api_versions=("*",), images=True, lookup=True)
_MACHINE = ("path", "store", "folders")
_FACTS = tuple(each for each in Work.__struct_fields__ if each not in _MACHINE)


class RenderCache:
    """The folder `rendered` of a store."""

    def __init__(self, store: ChartStore) -> None:
        self._store = store
        self._folder = store.root / "rendered"
        self._has_written = False
        self._traits: dict[str, ChartTraits] = {}
        try:
            self._engine = version(_ENGINE)
        except PackageNotFoundError:
            self._engine = ""

    def key(self, work: Work) -> str:
        """Return the digest of a work, of the engine and of the form of the files."""
        facts = {each: getattr(work, each) for each in _FACTS}
        engine = (_FORMAT, self._engine, os.environ.get("HELM_C_LIB", ""))
        text = msgspec.json.encode((engine, facts), order="deterministic")
        return hashlib.sha256(text).hexdigest()

    def read(self, key: str) -> Outcome | None:
        """Return an earlier result; None if there is none, or its sub-charts are now others."""
        path = self._folder / key[:2] / key
        try:
            outcome = msgspec.msgpack.decode(read_regular(path, _MAX_BYTES), type=Outcome)
        except (OSError, msgspec.MsgspecError, ValueError):
            return None
        for each in outcome.used:
            chart = self._store.find(each.name, each.version)
            if chart is None or chart.digest != each.digest:
                return None
        if not outcome.is_final:
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        return outcome

    def write(self, key: str, outcome: Outcome) -> None:
        """Keep a result that does not depend on this machine; a full disk is ignored."""
        if not outcome.is_final:
            return
        path = self._folder / key[:2] / key
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_atomically(path, msgspec.msgpack.encode(outcome))
            self._has_written = True

    def traits(self, chart: StoredChart) -> ChartTraits:
        """Return the facts that a chart reads; all of them if it cannot be read."""
        if chart.digest not in self._traits:
            text = self.note(chart.digest.removeprefix("sha256:"), _TRAITS)
            try:
                found = msgspec.json.decode(text or "", type=ChartTraits)
            except msgspec.MsgspecError:
                found = self._read_traits(chart)
            self._traits[chart.digest] = found
        return self._traits[chart.digest]

    def _read_traits(self, chart: StoredChart) -> ChartTraits:
        try:
            found = traits_of(files_in(chart))
        except ImportSourceError:
            return _EVERYTHING
        text = msgspec.json.encode(found).decode()
        self.keep_note(chart.digest.removeprefix("sha256:"), _TRAITS, text)
        return found

    def note(self, key: str, name: str) -> str | None:
        """Return a text that was kept for a key, None if there is none."""
        with contextlib.suppress(OSError, ValueError):
            return read_regular(self._folder / key[:2] / f"{key}.{name}", _MAX_BYTES).decode()
        return None

    def keep_note(self, key: str, name: str, text: str) -> None:
        """Keep a text for a key; does nothing if the disk is full."""
        path = self._folder / key[:2] / f"{key}.{name}"
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_atomically(path, text.encode())
            self._has_written = True

    def prune(self) -> None:
        """Remove results that were not used for 30 days, after new ones were written."""
        if not self._has_written:
            return
        oldest = time.time() - _UNUSED_SECONDS
        with contextlib.suppress(OSError):
            for path in self._folder.glob("*/*"):
                if path.stat().st_mtime < oldest:
                    path.unlink()
