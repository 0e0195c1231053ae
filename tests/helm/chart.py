"""Small charts that the tests write, and the results of rendering them."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from kubestrata.helm.release import Release
from kubestrata.helm.rendered import NotRendered, Rendered
from kubestrata.helm.renderer import Renderer
from kubestrata.helm.store import ChartStore, chart_at
from kubestrata.helm.work import Outcome, Work
from kubestrata.helm.worker_pool import Limits, WorkerPool

HEAD = "apiVersion: v2\nname: shop\nversion: 1.0.0\n"
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shop}\n"


def config(**data: str) -> str:
    """Return a ConfigMap whose values are expressions of templates."""
    return CONFIG + "data:\n" + "".join(f"  {key}: {each}\n" for key, each in data.items())


def write_chart(folder: Path, files: Mapping[str, str], head: str = HEAD) -> Path:
    """Write a chart."""
    for name, text in {"Chart.yaml": head, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def archived(files: Mapping[str, str | bytes], root: str = "shop") -> bytes:
    """Return the archive of a chart, as `helm package` makes it."""
    text = io.BytesIO()
    with tarfile.open(fileobj=text, mode="w") as archive:
        for name, each in files.items():
            data = each.encode() if isinstance(each, str) else each
            member = tarfile.TarInfo(f"{root}/{name}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return gzip.compress(text.getvalue(), mtime=0)


class _KeptPool(WorkerPool):
    """A worker that outlives renderers: starting one takes longer than rendering a small chart."""

    def run(self, works: Sequence[Work]) -> Iterator[tuple[int, Outcome]]:
        try:
            yield from super().run(works)
        except BaseException:
            super().close()
            raise

    def close(self) -> None:
        """Leave the worker to the next renderer; it ends with this process."""


@cache
def _kept_pool() -> WorkerPool:
    return _KeptPool(Limits(), processes=1)


class KeptRenderer(Renderer):
    """A renderer of the command, whose worker is that of all tests of this process."""

    def __init__(self, store: ChartStore) -> None:
        super().__init__(store)
        self._pool = _kept_pool()


class Charts:
    """Renders charts of one test with one set of workers, which may be that of other tests."""

    def __init__(self, root: Path, *, shared: bool = False, **limits: Any) -> None:
        self.root = root
        self.store = ChartStore(root / "store", [root / "shelf"])
        self.renderer = Renderer(self.store, processes=1, **limits)
        if shared:
            self.renderer._pool = _kept_pool()

    def result(
        self,
        files: Mapping[str, str],
        values: Mapping[str, Any] | None = None,
        head: str = HEAD,
        **facts: Any,
    ) -> Rendered | NotRendered:
        """Return the result of a chart."""
        folder = self.root / f"chart-{len(list(self.root.iterdir()))}"
        release = Release(
            chart_at(write_chart(folder, files, head)), "web", "prod", values or {}, **facts
        )
        return self.renderer.render_all([release])[0]

    def rendered(self, *arguments: Any, **facts: Any) -> Rendered:
        """Return the objects of a chart that Helm accepts."""
        found = self.result(*arguments, **facts)
        assert isinstance(found, Rendered), found
        assert found.faults == ()
        return found

    def data(self, *arguments: Any, **facts: Any) -> dict[str, Any]:
        """Return the data of the only object of a chart."""
        (found,) = self.rendered(*arguments, **facts).objects
        data: dict[str, Any] = found.manifest["data"]
        return data

    def failure(self, *arguments: Any, **facts: Any) -> NotRendered:
        """Return the reason why a chart is not rendered."""
        found = self.result(*arguments, **facts)
        assert isinstance(found, NotRendered), found
        return found
