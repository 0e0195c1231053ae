"""Invalid names and paths, reported at the line that wrote them."""

from __future__ import annotations

from typing import Any

import pytest

from kubestrata import Component, Cron, Image, Quantity
from kubestrata.constructs import (
    ConfigFiles,
    Container,
    FileContent,
    PodSettings,
    Probe,
    Resources,
    RunOnce,
    Scaling,
    ScheduledJob,
    StatefulWorkload,
    Volume,
    Workload,
)
from kubestrata.constructs.traffic import ClusterIpService, ServicePort
from kubestrata.core.errors import InvalidValue
from tests.constructs.workload.platform import secret
from tests.small_platform import new_cluster, new_component

IMAGE = Image("registry.example.com/web:1.0.0")


@pytest.mark.parametrize("name", ["", "UP", "12", "a" * 16, "ü", "a--b"])
def test_an_invalid_port_name_is_refused(name: str) -> None:
    with pytest.raises(InvalidValue, match="is not a valid port name: must be"):
        Container(ports={name: 9090})


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        ({"env": {"A": "x\0y"}}, "variable 'A'"),
        ({"config": {"B": "\0"}}, "variable 'B'"),
        ({"command": ["sh", "-c", "x\0"]}, r"command\[2\]"),
        ({"args": ["\0"]}, r"args\[0\]"),
    ],
)
def test_text_that_no_process_can_be_started_with_is_refused(
    settings: dict[str, Any], what: str
) -> None:
    with pytest.raises(InvalidValue, match=f"{what}: contains a NUL character"):
        Container(**settings)


def test_a_number_has_one_name() -> None:
    with pytest.raises(InvalidValue, match="is 8080, the same as 'http'"):
        Container(ports={"metrics": 8080})


@pytest.mark.parametrize("name", ["", "A=B", "1A", "A B"])
def test_an_invalid_variable_name_is_refused(name: str) -> None:
    with pytest.raises(InvalidValue, match="is not a valid variable name"):
        Container(env={name: "x"})


@pytest.mark.parametrize("path", ["/", "/a/../b", "relative", "/proc/a"])
def test_paths_are_plain_and_absolute(path: str) -> None:
    with pytest.raises(InvalidValue, match="path"):
        Container(files={path: "x"})


def test_a_part_of_another_type_is_reported() -> None:
    component = new_component(new_cluster())
    with pytest.raises(InvalidValue, match="is a dict, where Container is expected"):
        Workload(component, "web", image=IMAGE, container={"port": 1})  # type: ignore[arg-type]
    with pytest.raises(InvalidValue, match="is a int, where str is expected"):
        Workload(component, 7, image=IMAGE)  # type: ignore[arg-type]


def home() -> Component:
    return new_component(new_cluster())


def test_memory_and_volumes_are_whole_bytes() -> None:
    message = "is '100m', which is not a whole number of bytes\n  fix: write '100Mi'"
    with pytest.raises(InvalidValue, match=f"Resources.memory: {message}"):
        Resources(memory=Quantity("100m"))
    with pytest.raises(InvalidValue, match=f"ClaimVolume.size: {message}"):
        Volume.claim("100m")
    assert Resources(memory_limit=Quantity("1.2Gi")).memory_limit == "1.2Gi"
    assert Resources(memory=Quantity("0.5Gi"), cpu=Quantity("100m")).cpu == "100m"


def test_a_port_of_the_service_is_used_once() -> None:
    with pytest.raises(InvalidValue, match="is 80 in the Service, as is port 'http'"):
        Workload(home(), "web", image=IMAGE, container=Container(ports={"metrics": 80}))


def test_a_service_begins_with_a_letter_but_a_worker_need_not() -> None:
    with pytest.raises(InvalidValue, match="Service '2web' with a digit first: requires"):
        Workload(home(), "2web", image=IMAGE)
    Workload(home(), "2web", image=IMAGE, container=Container(port=None))


def test_a_time_zone_exists() -> None:
    with pytest.raises(InvalidValue, match="time_zone 'Mars/Base': is not the name"):
        ScheduledJob(home(), "a", image=IMAGE, schedule=Cron("@daily"), time_zone="Mars/Base")


def test_a_job_runs_again_in_a_known_case() -> None:
    with pytest.raises(InvalidValue, match="is 'sometimes': must be one of after-sync"):
        RunOnce(home(), "a", image=IMAGE, again="sometimes")  # type: ignore[arg-type]


def test_a_probe_by_command_has_a_command() -> None:
    with pytest.raises(InvalidValue, match="command of a Probe: is empty"):
        Probe.exec()


@pytest.mark.parametrize("ordinal", [-1, 2])
def test_a_host_is_that_of_a_pod_that_exists(ordinal: int) -> None:
    db = StatefulWorkload(home(), "db", image=IMAGE, scaling=Scaling.fixed(2))
    with pytest.raises(InvalidValue, match="must be from 0 to 1"):
        db.host_of(ordinal)


def test_an_image_is_not_blamed_for_another_argument() -> None:
    with pytest.raises(InvalidValue, match="'A' of ConfigMap 'web-config': has half"):
        Workload(home(), "web", image=IMAGE, container=Container(config={"A": "\ud800"}))
    with pytest.raises(InvalidValue, match="patches of a Workload: is a int, where Sequence"):
        Workload(home(), "web", image=IMAGE, patches=5)  # type: ignore[arg-type]


def test_a_path_is_mounted_once_however_it_is_written() -> None:
    with pytest.raises(InvalidValue, match="path '/data/': is the same as '/data'"):
        Container(writable={"/data": Quantity("1Mi")}, mounts={"/data/": "data"})


def test_objects_in_text_are_not_their_values() -> None:
    component = home()
    password = secret(component).key("password")
    service = Workload(component, "web", image=IMAGE).service
    settings = ConfigFiles(component, "a", content=[FileContent.text("k", "")])
    for value, fix in (
        (password, "SecretTemplate"),
        (service, "url"),
        (settings.key("k"), "env_from_config_maps"),
    ):
        with pytest.raises(InvalidValue, match=rf"in text: .*\n  fix: .*{fix}"):
            Container(env={"URL": f"postgres://{value}"})


def test_an_object_in_place_of_its_name_is_reported_with_the_name_to_pass() -> None:
    component = home()
    settings: Any = ConfigFiles(component, "a", content=[FileContent.text("k", "")])
    login: Any = secret(component)
    with pytest.raises(InvalidValue, match=r"fix: pass its reference\.name"):
        PodSettings(volumes={"a": Volume.config_map(settings)})
    with pytest.raises(InvalidValue, match="fix: pass its name"):
        PodSettings(volumes={"a": Volume.secret(login)})


def test_a_service_is_for_pods_that_listen() -> None:
    component = home()
    worker = Workload(component, "a", image=IMAGE, container=Container(port=None))
    with pytest.raises(InvalidValue, match="pods 'a' of Service 'b': listen on no port"):
        ClusterIpService(component, "b", pods=worker, ports=[ServicePort(80)])


def test_a_writable_folder_has_whole_bytes() -> None:
    with pytest.raises(InvalidValue, match=r"Container\.writable: is '500m', which is not a whole"):
        Container(writable={"/tmp": Quantity("500m")})
