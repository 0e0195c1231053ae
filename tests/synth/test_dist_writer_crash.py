"""The tree after a write is killed, interrupted, refused by the system, or concurrent.

One helper process loads the writer once and forks a child per write, so that hundreds of
children can be killed: between every two system calls that change files, and after swept delays.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from kubestrata.synth import dist_writer
from kubestrata.synth.dist_writer import read_tree, write_tree
from tests.synth.foreign import foreign_files

Tree = dict[str, bytes]
LIBRARY = Path(dist_writer.__file__).parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(LIBRARY), *sys.path])}

HELPER = """
import gc, json, os, signal, sys
from pathlib import Path
from kubestrata.core.errors import DistError
from kubestrata.core import directory_swap
from kubestrata.synth.dist_writer import write_tree

READING = {"access", "close", "fspath", "fstat", "getcwd", "geteuid", "getpid", "_path_normpath"}
READING |= {"listdir", "lstat", "read", "readlink", "scandir", "stat"}

def stop_at(step, how):
    # "c_call" is reported before the call: the state is that after the calls before it.
    # A kill before one more reading call would find the same files. An interruption would not
    # be handled in the same place, so each call counts for it.
    left, changed = step, True
    def profile(frame, event, function):
        nonlocal left, changed
        if event == "c_call" and function.__module__ == "posix":
            reading = function.__name__ in READING
            if how == "kill" and reading and not changed:
                return
            changed = not reading
            left -= 1
            if left < 0 and how == "kill":
                os.kill(os.getpid(), 9)
            if left < 0:
                sys.setprofile(None)
                raise KeyboardInterrupt
    sys.setprofile(profile)

def work(job):
    if job.get("uid") is not None:
        os.setgroups([]); os.setgid(job["uid"]); os.setuid(job["uid"])
    if job.get("two_renames"):
        directory_swap._exchange = lambda one, other: False
    trees = [{path: text.encode() for path, text in tree.items()} for tree in job["trees"]]
    if "step" in job:
        stop_at(job["step"], job["how"])
    for number in range(job.get("rounds", 1)):
        write_tree(Path(job["outdir"]), trees[number % len(trees)])

gc.disable()
for line in sys.stdin:
    children = []
    for job in json.loads(line):
        reader, writer = os.pipe()
        child = os.fork()
        if not child:
            answer = "done"
            try:
                work(job)
            except (DistError, KeyboardInterrupt) as error:
                answer = repr(error)
            sys.setprofile(None)
            os.write(writer, answer.encode())
            os._exit(0)
        os.close(writer)
        children.append((child, reader))
    print(json.dumps([child for child, _ in children]), flush=True)
    answers = []
    for child, reader in children:
        answers.append(os.read(reader, 9999).decode())
        os.close(reader)
        os.waitpid(child, 0)
    print(json.dumps(answers), flush=True)
"""


class Helper:
    """The process that writes in children; an empty answer is that of a killed one."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", HELPER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=ENVIRONMENT,
        )

    def start(self, *jobs: Mapping[str, object]) -> list[int]:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(jobs) + "\n")
        self.process.stdin.flush()
        return list(self._line())

    def answers(self) -> list[str]:
        return [str(answer) for answer in self._line()]

    def run(self, *jobs: Mapping[str, object]) -> list[str]:
        self.start(*jobs)
        return self.answers()

    def _line(self) -> list[int]:
        assert self.process.stdout is not None
        line: list[int] = json.loads(self.process.stdout.readline())
        return line


@pytest.fixture(scope="module")
def helper() -> Iterator[Helper]:
    helper = Helper()
    with helper.process:
        yield helper


def text(tree: Tree) -> dict[str, str]:
    return {path: content.decode() for path, content in tree.items()}


def state(outdir: Path) -> dict[str, tuple[int, bytes]] | None:
    """Mode and content of everything below `outdir`, None where it is missing."""
    if not outdir.exists():
        return None
    found: dict[str, tuple[int, bytes]] = {}
    for path in (outdir, *sorted(outdir.rglob("*"))):
        mode = path.lstat().st_mode
        content = os.fsencode(path.readlink()) if path.is_symlink() else b""
        content = path.read_bytes() if stat.S_ISREG(mode) else content
        found[os.path.relpath(path, outdir)] = (mode, content)
    return found


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def stages(outdir: Path) -> list[str]:
    """Return the entries beside `outdir`, without a lock file."""
    return [name for name in names(outdir.parent) if name != outdir.name and "lock" not in name]


OLD = {"a/x": b"1", "a/y": b"1", "gone/z": b"1", "b": b"1"}
NEW = {"a/x": b"2", "a/y": b"1", "new/z": b"2", "b": b"1"}


def make_old(outdir: Path) -> None:
    """The old tree, with foreign files, folders and links between the generated ones."""
    write_tree(outdir, OLD)
    (outdir / "mine").mkdir(mode=0o750)
    (outdir / "mine/x").write_text("mine")
    (outdir / "mine/link").symlink_to("../a")
    (outdir / "gone/notes").write_text("mine")


@pytest.fixture
def memory() -> Iterator[Path]:
    """A folder in memory where there is one: hundreds of trees, and no word about disks."""
    shared = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=shared) as folder:
        yield Path(folder)


@pytest.fixture
def after(tmp_path: Path) -> dict[str, tuple[int, bytes]] | None:
    """The state that a write of NEW over the old tree ends in."""
    outdir = tmp_path / "reference"
    make_old(outdir)
    write_tree(outdir, NEW)
    return state(outdir)


def steps(helper: Helper, parent: Path, **job: object) -> Iterator[Path]:
    """One folder for each system call of a write of NEW, which ended just before that call.

    Killed writes leave one folder before and one after each call that changes files.
    """
    for step in range(10_000):
        outdir = parent / str(step) / "dist"
        outdir.parent.mkdir(parents=True)
        if job.get("first") is None:
            make_old(outdir)
        request = {"outdir": str(outdir), "trees": [text(NEW)], "step": step, **job}
        if helper.run(request) == ["done"]:
            assert step > (20 if job["how"] == "kill" else 200)
            return
        yield outdir
        shutil.rmtree(outdir.parent)
    pytest.fail("the write never ended")


class TestKilled:
    @pytest.mark.parametrize("wants_old", [True, False], ids=["next-old", "next-new"])
    def test_before_any_system_call_the_tree_is_the_old_or_the_new_one(
        self, helper: Helper, memory: Path, after: object, *, wants_old: bool
    ) -> None:
        seen: list[bool] = []
        before: object = None
        for outdir in steps(helper, memory, how="kill"):
            now = state(outdir)
            before = before or now
            assert now in (before, after)
            seen.append(now == after)
            if wants_old:
                write_tree(outdir, OLD)
                assert read_tree(outdir) == OLD
                assert names(outdir.parent) == ["dist"]
            write_tree(outdir, NEW)
            assert read_tree(outdir) == NEW
            assert foreign_files(outdir) == ["gone/notes", "mine/link", "mine/x"]
            assert names(outdir.parent) == ["dist"]
        assert seen == sorted(seen)
        assert {*seen} == {False, True}

    def test_a_first_write_is_there_completely_or_not_at_all(
        self, helper: Helper, tmp_path: Path, memory: Path
    ) -> None:
        write_tree(tmp_path / "reference", NEW)
        complete = state(tmp_path / "reference")
        seen: list[bool] = []
        for outdir in steps(helper, memory, how="kill", first=True):
            now = state(outdir)
            assert now in (None, complete)
            seen.append(now is not None)
            write_tree(outdir, NEW)
            assert state(outdir) == complete
            assert names(outdir.parent) == ["dist"]
        assert {*seen} == {False, True}

    def test_without_an_exchange_the_next_run_recovers_what_is_missing(
        self, helper: Helper, memory: Path, after: object
    ) -> None:
        missing = 0
        before: object = None
        for outdir in steps(helper, memory, how="kill", two_renames=True):
            now = state(outdir)
            before = before or now
            missing += now is None
            assert now in (None, before, after)
            write_tree(outdir, NEW)
            assert state(outdir) == after
            assert names(outdir.parent) == ["dist"]
        assert missing == 1

    def test_after_any_delay_a_big_tree_is_the_old_or_the_new_one(
        self, helper: Helper, tmp_path: Path
    ) -> None:
        outdir = tmp_path / "dist"
        trees = [
            {f"app{n % 30}/{name}{n}.yaml": f"{name}{n}\n" * 40 for n in range(300)}
            | {f"same/{n}.yaml": "same\n" for n in range(100)}
            for name in ("old", "new")
        ]
        encoded = [{path: value.encode() for path, value in tree.items()} for tree in trees]
        write_tree(outdir, encoded[0])
        (outdir / "app0/mine").write_text("mine")
        kept = [outdir / "app0/mine", outdir / "same/7.yaml"]
        before = [(file.stat().st_ino, file.stat().st_mtime_ns) for file in kept]
        for kill in range(40):
            (child,) = helper.start({"outdir": str(outdir), "trees": trees, "rounds": 10**6})
            time.sleep(0.001 * kill)  # a write takes about ten of these
            os.kill(child, signal.SIGKILL)
            assert helper.answers() == [""]
            assert read_tree(outdir) in encoded
            assert foreign_files(outdir) == ["app0/mine"]
            assert [(file.stat().st_ino, file.stat().st_mtime_ns) for file in kept] == before
        write_tree(outdir, encoded[1])
        assert names(tmp_path) == ["dist"]

    def test_folders_that_look_like_staging_folders_are_left_alone(self, tmp_path: Path) -> None:
        foreign = [".dist.kubestrata-1/notes", ".dist.kubestrata-x/new", ".dist2.kubestrata-1/new"]
        for path in foreign:
            (tmp_path / path).mkdir(parents=True)
        (tmp_path / "outside").mkdir()
        (tmp_path / ".dist.kubestrata-2").symlink_to("outside")
        (tmp_path / ".dist.kubestrata-3").touch()
        before = sorted(tmp_path.rglob("*"))
        write_tree(tmp_path / "dist", {})
        assert sorted(tmp_path.rglob("*")) == sorted(
            [*before, tmp_path / "dist", tmp_path / "dist/.kubestrata"]
        )


class TestInterrupted:
    @pytest.mark.parametrize("options", [{}, {"two_renames": True}], ids=["exchange", "renames"])
    def test_ctrl_c_leaves_the_old_tree_or_the_new_one_and_no_staging_folder(
        self, helper: Helper, memory: Path, after: object, options: dict[str, object]
    ) -> None:
        before: object = None
        for outdir in steps(helper, memory, how="interrupt", **options):
            now = state(outdir)
            before = before or now
            assert now in (before, after)
            if now == before:
                assert stages(outdir) == []
            write_tree(outdir, NEW)
            assert state(outdir) == after
            assert names(outdir.parent) == ["dist"]


class TestNotAlone:
    def test_each_of_many_writers_succeeds_or_fails_with_advice_to_wait(
        self, helper: Helper, tmp_path: Path
    ) -> None:
        outdir = tmp_path / "dist"
        write_tree(outdir, {})
        (outdir / "mine").write_text("mine")
        trees = [{f"{n}/{k}.yaml": f"{n}\n" for k in range(60)} for n in range(6)]
        answers: list[str] = []
        for _ in range(5):
            answers += helper.run(*({"outdir": str(outdir), "trees": [tree]} for tree in trees))
            assert text(read_tree(outdir)) in trees
            assert foreign_files(outdir) == ["mine"]
            assert names(tmp_path) == ["dist"]
        refused = [answer for answer in answers if answer != "done"]
        assert len(refused) < len(answers)
        assert all("another kubestrata process is writing it" in answer for answer in refused)

    def test_two_folders_of_one_parent_can_be_written_at_once(
        self, helper: Helper, tmp_path: Path
    ) -> None:
        jobs = [{"outdir": str(tmp_path / str(n)), "trees": [text(OLD)]} for n in range(6)]
        assert helper.run(*jobs) == ["done"] * 6
        assert all(read_tree(tmp_path / str(n)) == OLD for n in range(6))


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that every user may enter, which those of pytest are not."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


class TestNotWritable:
    """Permissions do not bind root, so the child gives up its rights where the tests have them."""

    def job(self, outdir: Path) -> dict[str, object]:
        uid = 65534 if os.geteuid() == 0 else None
        return {"outdir": str(outdir), "trees": [text(NEW)], "uid": uid}

    def test_a_read_only_parent_is_named(self, helper: Helper, public: Path) -> None:
        write_tree(public / "dist", OLD)
        (public / "dist").chmod(0o777)
        public.chmod(0o555)
        (answer,) = helper.run(self.job(public / "dist"))
        public.chmod(0o755)
        assert f"{public}: cannot be written: Permission denied" in answer
        assert read_tree(public / "dist") == OLD

    def test_a_read_only_folder_is_named(self, helper: Helper, public: Path) -> None:
        public.chmod(0o777)
        write_tree(public / "dist", OLD)
        (public / "dist").chmod(0o555)
        (answer,) = helper.run(self.job(public / "dist"))
        assert f"{public / 'dist'}: cannot be written: Permission denied" in answer
        assert read_tree(public / "dist") == OLD
        assert names(public) == ["dist"]

    def test_an_unchanged_tree_needs_no_right_to_write(self, helper: Helper, public: Path) -> None:
        write_tree(public / "dist", NEW)
        (public / "dist").chmod(0o555)
        public.chmod(0o555)
        assert helper.run(self.job(public / "dist")) == ["done"]

    def test_a_foreign_folder_that_could_not_be_removed_is_named(
        self, helper: Helper, public: Path
    ) -> None:
        if os.geteuid() != 0:
            pytest.skip("needs a folder of another user")
        public.chmod(0o777)
        write_tree(public / "dist", OLD)
        (public / "dist").chmod(0o777)
        (public / "dist/theirs").mkdir()
        (answer,) = helper.run(self.job(public / "dist"))
        assert f"{public / 'dist'}/a: cannot be written" in answer
        assert read_tree(public / "dist") == OLD
        assert names(public) == ["dist"]

    def test_own_read_only_folders_are_replaced_and_stay_read_only(
        self, helper: Helper, public: Path
    ) -> None:
        public.chmod(0o777)
        job = self.job(public / "dist")
        assert helper.run({**job, "trees": [text(OLD)]}) == ["done"]
        (public / "dist/a").chmod(0o555)
        assert helper.run(job) == ["done"]
        assert read_tree(public / "dist") == NEW
        assert stat.S_IMODE((public / "dist/a").stat().st_mode) == 0o555
        assert names(public) == ["dist"]


UNSHARE = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]
PRELUDE = """
import os, subprocess, sys
from pathlib import Path
from kubestrata.core.errors import DistError
from kubestrata.synth.dist_writer import read_tree, write_tree
base, OLD, NEW = Path(sys.argv[1]), {"a/x": b"1"}, {"a/x": b"2" * 4_000_000, "b": b"2"}
outdir = base / "dist"
def mount(*arguments):
    subprocess.run(["mount", *map(str, arguments)], check=True)
def refused():
    try:
        write_tree(outdir, NEW)
    except DistError as error:
        return str(error)
    sys.exit("was not refused")
"""


class TestMount:
    """Real file systems, in a namespace of mounts that ends with its process."""

    def run(self, base: Path, body: str) -> None:
        probe = [*UNSHARE, "mount", "-t", "tmpfs", "none", str(base)]
        unable = shutil.which("unshare") is None
        if unable or subprocess.run(probe, capture_output=True, check=False).returncode:
            pytest.skip("this system lets the tests mount nothing")
        command = [*UNSHARE, sys.executable, "-c", PRELUDE + body, str(base)]
        result = subprocess.run(
            command, env=ENVIRONMENT, capture_output=True, text=True, check=False
        )
        assert (result.returncode, result.stderr) == (0, "")

    def test_a_full_disk_leaves_the_old_tree_and_its_free_space(self, tmp_path: Path) -> None:
        self.run(
            tmp_path,
            """
mount("-t", "tmpfs", "-o", "size=1m", "none", base)
write_tree(outdir, OLD)
free = os.statvfs(base).f_bfree
assert "the disk is full" in refused()
assert (read_tree(outdir), os.listdir(base), os.statvfs(base).f_bfree) == (OLD, ["dist"], free)
""",
        )

    def test_a_read_only_file_system_is_fine_until_something_changes(self, tmp_path: Path) -> None:
        self.run(
            tmp_path,
            """
mount("-t", "tmpfs", "none", base)
write_tree(outdir, OLD)
mount("-o", "remount,ro", base)
write_tree(outdir, OLD)
assert f"{base}: cannot be written: Read-only file system" in refused()
""",
        )

    def test_a_mount_point_cannot_be_the_folder(self, tmp_path: Path) -> None:
        self.run(
            tmp_path,
            """
outdir.mkdir()
mount("-t", "tmpfs", "none", outdir)
(outdir / "x").touch()
assert f"'{outdir}' is a mount point" in refused()
assert os.listdir(outdir) == ["x"]
""",
        )

    def test_a_mount_point_in_the_folder_keeps_its_files(self, tmp_path: Path) -> None:
        self.run(
            tmp_path,
            """
write_tree(outdir, OLD)
(outdir / "my data").mkdir()
(base / "elsewhere").mkdir()
(base / "elsewhere/x").touch()
mount("--bind", base / "elsewhere", outdir / "my data")
assert f"'{outdir}/my data' is a mount point" in refused()
assert os.listdir(base / "elsewhere") == ["x"]
assert read_tree(outdir) == OLD
""",
        )

    def test_a_folder_in_the_layer_of_an_image_is_refused_or_replaced(self, tmp_path: Path) -> None:
        self.run(
            tmp_path,
            """
mount("-t", "tmpfs", "none", base)
names = [base / name for name in ("lower", "upper", "work", "merged")]
for name in names:
    name.mkdir()
lower, upper, work, merged = names
write_tree(lower / "dist", OLD)
mount("-t", "overlay", "-o", f"lowerdir={lower},upperdir={upper},workdir={work}", "none", merged)
outdir = merged / "dist"
try:
    write_tree(outdir, NEW)
except DistError as error:
    assert "in a layer of an image" in str(error)
    assert read_tree(outdir) == OLD
else:
    assert read_tree(outdir) == NEW
assert os.listdir(merged) == ["dist"]
""",
        )
