"""Node starts only when something in Node is used, and ends with the process that started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.command_server import run_program
from tests.small_project import Run, write_project

PLATFORM = """\
import sys
{imports}
from kubestrata import Cluster, Component, Flux, GitRepository, Host, Image, Namespace, Platform
from kubestrata.constructs import Container, KubernetesNetwork, Workload

platform = Platform()
cluster = Cluster(
    platform,
    "c1",
    domain=Host("example.com"),
    delivery=Flux(repository=GitRepository(url="https://git.example.com/platform")),
    kubernetes="1.35",
    offers=[KubernetesNetwork()],
)
web = Component(cluster, "web", layer="apps", namespace=Namespace("web", pod_security="restricted"))
image, container = Image("ghcr.io/stefanprodan/podinfo:6.9.2"), Container(port=9898)
Workload(web, "podinfo", image=image, container=container)
"""
ROOT = Path(__file__).resolve().parents[2]
NO_NODE = {"JSII_NODE": "/bin/false"}
IMPORT_ORDERS = ["", "import cdk8s", "import constructs", "import jsii", "import cdk8s_plus_28"]


def started(
    folder: Path, code: str, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program in a new interpreter."""
    file = folder / "program.py"
    file.write_text(code)
    return subprocess.run(
        [sys.executable, file],
        cwd=folder,
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
        check=False,
    )


def run(folder: Path, code: str, env: dict[str, str] | None = None) -> Run:
    """Run a program in an interpreter that has imported kubestrata, and nothing of Node."""
    file = folder / "program.py"
    file.write_text(code)
    return Run(*run_program(file, {**os.environ, **(env or {})}))


def output(folder: Path, code: str, *, env: dict[str, str] | None = None) -> str:
    done = run(folder, PLATFORM.format(imports="") + code, env)
    assert (done.code, done.err) == (0, "")
    return done.out


@pytest.mark.parametrize("delivery", ["Flux", "ArgoCd"])
@pytest.mark.parametrize("command", ["synth", "check", "diff", "graph", "explain"])
def test_no_command_starts_node_without_a_foreign_construct(
    tmp_path: Path, command: str, delivery: str
) -> None:
    project = write_project(tmp_path)
    main = project.root / "main.py"
    main.write_text(main.read_text().replace("Flux", delivery))
    assert project.run("synth").code == 0
    arguments = ["dist/c1/apps/web/settings-configmap.yaml"] if command == "explain" else []
    assert project.run(command, *arguments, env=NO_NODE).code == 0


def test_the_platforms_of_this_repository_need_no_node(tmp_path: Path) -> None:
    code = """\
import sys
sys.path.insert(0, {root!r})
from main import build
from kubestrata import synthesize

print(len(synthesize(build()).clusters), {{"jsii"}} & {{*sys.modules}})
"""
    done = run(tmp_path, code.format(root=str(ROOT)), NO_NODE)
    assert (done.code, done.err) == (0, "")
    assert done.out.split(maxsplit=1)[1] == "set()\n"


def test_no_process_is_started_and_nothing_of_jsii_is_imported(tmp_path: Path) -> None:
    code = PLATFORM.format(
        imports="sys.addaudithook(lambda event, _: event == 'subprocess.Popen' and print(event))"
    )
    code += "platform.synth()\nprint(*sorted({'cdk8s', 'constructs', 'jsii'} & {*sys.modules}))\n"
    assert started(tmp_path, code).stdout == "\n"


@pytest.mark.parametrize("imports", IMPORT_ORDERS)
def test_the_bundled_node_starts_when_it_is_needed_whatever_is_imported_first(
    tmp_path: Path, imports: str
) -> None:
    environment = tmp_path / "empty"
    environment.mkdir()
    code = """
started = []
sys.addaudithook(lambda event, _: started.append(event) if event == "subprocess.Popen" else None)
platform.synth()
import cdk8s, constructs
print(isinstance(platform, cdk8s.App), started)
print(len(cdk8s.Testing.synth(web)), started)
"""
    program = PLATFORM.format(imports=imports) + code
    done = started(tmp_path, program, {"PATH": str(environment)})
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "True []\n7 ['subprocess.Popen']\n"


@pytest.mark.parametrize("command", ["synth", "check", "diff", "graph"])
def test_commands_use_the_bundled_node_where_the_system_has_none(
    tmp_path: Path, command: str
) -> None:
    project = write_project(tmp_path)
    project.edit(
        "    return platform",
        "    cdk8s.ApiObject(web, 'raw', api_version='v1', kind='ConfigMap')\n    return platform",
    )
    project.edit("from kubeapis import k8s", "import cdk8s\nfrom kubeapis import k8s")
    (tmp_path / "bin").mkdir()
    done = project.run(command, env={"PATH": str(tmp_path / "bin")})
    assert (done.code, done.err) == (1 if command == "diff" else 0, "")


def test_a_container_of_constructs_does_not_start_node(tmp_path: Path) -> None:
    code = """
import constructs
from kubeapis import k8s

class Group(constructs.Construct):
    def __init__(self, scope, id):
        super().__init__(scope, id)
        k8s.ConfigMap(self, "settings", data={"key": "value"})

Group(constructs.Construct(web, "outer"), "group")
print([item.origin.path for item in web.rendered() if item.identity.name == "settings"])
"""
    assert output(tmp_path, code, env=NO_NODE) == "['c1/web/outer/group/settings']\n"


def test_a_duplicate_container_is_refused_without_node(tmp_path: Path) -> None:
    code = "import constructs\nfor _ in range(2):\n    constructs.Construct(web, 'group')\n"
    done = run(tmp_path, PLATFORM.format(imports="") + code, NO_NODE)
    assert "DuplicateId" in done.err
    assert "id 'group': c1/web has one already" in done.err


def test_the_tree_in_node_has_the_order_of_python(tmp_path: Path) -> None:
    code = """
import cdk8s
from kubestrata import Component
first = Component(cluster, "first", layer="apps")
cdk8s.Chart(web, "inner")
second = Component(cluster, "second", layer="apps")
print([child.node.id for child in cluster.node.children])
print([child.node.id for child in web.node.children])
print(web.node.path, web.namespace, isinstance(cluster, cdk8s.Chart), cdk8s.Chart.of(web) is web)
"""
    assert output(tmp_path, code).splitlines() == [
        "['web', 'first', 'second']",
        "['web-network', 'podinfo-workload', 'inner']",
        "c1/web web False True",
    ]


def test_an_aspect_reaches_native_objects(tmp_path: Path) -> None:
    code = """
import cdk8s
from kubeapis import k8s
settings = k8s.ConfigMap(web, "settings")
settings.api_object.metadata.add_label("seen", "yes")
found = [item for item in web.rendered() if item.identity.name == "settings"]
print(found[0].manifest["metadata"]["labels"])
"""
    assert output(tmp_path, code) == "{'seen': 'yes'}\n"


def test_an_unknown_attribute_is_an_attribute_error(tmp_path: Path) -> None:
    code = "print(hasattr(web, 'colour'), hasattr(web, '_colour'), hasattr(platform, 'node'))\n"
    assert output(tmp_path, code) == "False False True\n"


WAIT = """
import cdk8s
print(len(cdk8s.Testing.synth(web)), flush=True)
while True:
    cdk8s.Testing.synth(web)
"""


def test_node_ends_with_a_killed_python_and_its_files_with_the_next_run(tmp_path: Path) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    environment = {**os.environ, "TMPDIR": str(temporary)}
    (tmp_path / "program.py").write_text(PLATFORM.format(imports="") + WAIT)
    running = subprocess.Popen(
        [sys.executable, "program.py"],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert running.stdout is not None
    assert running.stdout.readline() == "7\n"
    nodes = psutil.Process(running.pid).children(recursive=True)
    running.send_signal(signal.SIGKILL)
    running.communicate()
    assert len(nodes) == 2
    _, alive = psutil.wait_procs(nodes, timeout=30)
    assert alive == []
    code = PLATFORM.format(imports="") + "import cdk8s\nprint(len(cdk8s.Testing.synth(web)))\n"
    assert run(tmp_path, code, {"TMPDIR": str(temporary)}).out == "7\n"
    assert list(temporary.iterdir()) == []


def test_five_hundred_raw_objects_cost_a_few_calls_each(tmp_path: Path) -> None:
    code = """
import cdk8s
from jsii._kernel.providers import process
for number in range(int(sys.argv[1]) if sys.argv[1:] else 60):
    cdk8s.ApiObject(web, f"raw-{number}", api_version="v1", kind="Secret")
calls = []
send = process._NodeProcess.send
process._NodeProcess.send = lambda *args: calls.append(args) or send(*args)
print(len({item.origin.line for item in web.rendered()}) > 1, len(calls) < 60 * 8)
"""
    assert output(tmp_path, code) == "True True\n"


def test_threads_share_one_node(tmp_path: Path) -> None:
    code = """
import threading
import cdk8s

def make(number):
    app = cdk8s.App()
    for id in range(20):
        chart = cdk8s.Chart(app, f"chart-{id}")
        cdk8s.ApiObject(chart, "raw", api_version="v1", kind="Endpoints")
    text = app.synth_yaml()
    counts.append((text.count("kind: Endpoints"), text.count("name: chart")))

counts = []
threads = [threading.Thread(target=make, args=(number,)) for number in range(4)]
for each in threads:
    each.start()
for each in threads:
    each.join()
print(*counts)
"""
    assert output(tmp_path, code) == " ".join(["(20, 20)"] * 4) + "\n"


@pytest.mark.parametrize("imports", ["", "import constructs", "import cdk8s"])
def test_a_property_of_cdk8s_cannot_be_set_with_or_without_node(
    tmp_path: Path, imports: str
) -> None:
    names = ("node", "labels", "namespace", "api_objects")
    code = f"""
for name in {names}:
    try:
        setattr(web, name, 1)
    except AttributeError as error:
        print(error)
"""
    done = started(tmp_path, PLATFORM.format(imports=imports) + code, NO_NODE)
    assert (done.returncode, done.stderr) == (0, "")
    told = done.stdout.splitlines()
    for name, line in zip(names, told, strict=True):
        assert f"property '{name}' of 'Component' object has no setter" in line


def test_all_properties_of_cdk8s_are_known_without_node(tmp_path: Path) -> None:
    code = """
from kubestrata.core.construct import App, Chart, Construct

def properties(kind, of):
    return sorted(name for name, each in vars(kind).items() if type(each).__name__ == of)

before = [properties(each, "_Property") for each in (Construct, Chart, App)]
import cdk8s, constructs
foreign = (constructs.Construct, cdk8s.Chart, cdk8s.App)
print(before == [properties(each, "property") for each in foreign])
print([properties(each, "_Property") for each in (Construct, Chart, App)])
"""
    assert output(tmp_path, code) == "True\n[[], [], []]\n"
