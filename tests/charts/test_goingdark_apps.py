"""The tunnel, the proxy of claims, CryptPad, hypebot and the exporter of goingdark."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, Self

import pytest
import yaml

from tests.charts.goingdark_tree import Manifest, objects, values

PROGRAM = Path(__file__).parents[2] / "charts/security/claims_proxy/main.py"


def data(prefix: str) -> dict[str, str]:
    """Return the data of the only ConfigMap whose name begins with a prefix."""
    (found,) = (each for name, each in objects("ConfigMap").items() if name.startswith(prefix))
    made: dict[str, str] = found["data"]
    return made


def container(kind: str, name: str) -> Manifest:
    found: Manifest = objects(kind)[name]["spec"]["template"]["spec"]["containers"][0]
    return found


def test_the_tunnel_serves_the_hosts_in_order_from_the_gateway() -> None:
    config = yaml.safe_load(data("cloudflared/config")["config.yaml"])
    assert config["tunnel"] == "hcloud"
    served = [
        (each.get("hostname"), each["service"], each.get("originRequest"))
        for each in config["ingress"]
    ]
    gateway = "https://cilium-gateway-external.gateway.svc.cluster.local:443"
    name = {"originServerName": "goingdark.social"}
    assert served == [
        ("canary.goingdark.social", gateway, name),
        ("argocd.goingdark.social", gateway, name),
        ("*.goingdark.social", gateway, name),
        ("goingdark.social", gateway, name),
        (None, "http_status:404", None),
    ]


def test_the_tunnel_reads_its_settings_and_its_credentials() -> None:
    tunnel = container("DaemonSet", "cloudflared/cloudflared")
    config = yaml.safe_load(data("cloudflared/config")["config.yaml"])
    paths = [each["mountPath"] for each in tunnel["volumeMounts"]]
    assert tunnel["args"][2] in paths
    assert config["credentials-file"].rpartition("/")[0] in paths
    assert tunnel["startupProbe"] == {
        "httpGet": {"path": "/ready", "port": "metrics"},
        "initialDelaySeconds": 10,
        "periodSeconds": 10,
        "failureThreshold": 30,
    }


def test_dex_asks_the_proxy_of_claims() -> None:
    (connector,) = values("dex")["config"]["connectors"]
    service = objects("Service")["dex/masto-claims-proxy"]["spec"]
    assert connector["config"]["userInfoURL"] == (
        "http://masto-claims-proxy.dex.svc.cluster.local/userinfo"
    )
    assert [each["port"] for each in service["ports"]] == [80]
    security = objects("Deployment")["dex/masto-claims-proxy"]["spec"]["template"]["spec"]
    assert security["securityContext"]["runAsNonRoot"] is True


def test_packages_of_the_proxy_are_pinned() -> None:
    found = data("dex/masto-claims-proxy")
    assert found["requirements.txt"].split() == [
        "fastapi==0.115.0",
        "httpx==0.27.2",
        "uvicorn[standard]==0.32.0",
    ]
    assert found["main.py"] == PROGRAM.read_text()


class _Refused(Exception):
    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class _App:
    def get(self, path: str) -> Any:
        assert path in {"/healthz", "/userinfo"}
        return lambda function: function


class _Client:
    """A Mastodon that knows one token."""

    asked: tuple[str, dict[str, str]] | None = None

    def __init__(self, *, timeout: int) -> None:
        self.timeout = timeout

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def get(self, url: str, *, headers: dict[str, str]) -> Any:
        _Client.asked = url, headers
        if headers["Authorization"] != "Bearer good":
            return SimpleNamespace(is_error=True, status_code=403, text="forbidden")
        account = {
            "id": "7",
            "acct": "ada",
            "role": {"name": "Owner"},
            "roles": [{"name": "Owner"}, {"name": "Moderator"}],
        }
        return SimpleNamespace(is_error=False, json=lambda: account)


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the program, with the packages that it imports replaced."""
    web, client = ModuleType("fastapi"), ModuleType("httpx")
    web.__dict__.update(FastAPI=_App, Header=lambda: None, HTTPException=_Refused)
    client.__dict__.update(AsyncClient=_Client, HTTPError=OSError)
    monkeypatch.setitem(sys.modules, "fastapi", web)
    monkeypatch.setitem(sys.modules, "httpx", client)
    monkeypatch.setenv("MASTODON_BASE", "https://social.example.com")
    program = ModuleType("claims_proxy")
    exec(compile(PROGRAM.read_text(), str(PROGRAM), "exec"), program.__dict__)
    return program


def test_the_proxy_returns_roles_as_groups(proxy: Any) -> None:
    found = asyncio.run(proxy.userinfo("Bearer good"))
    assert found == {
        "id": "7",
        "acct": "ada",
        "groups": ["mastodon:Owner", "mastodon:Moderator"],
    }
    url = "https://social.example.com/api/v1/accounts/verify_credentials"
    assert _Client.asked == (url, {"Authorization": "Bearer good"})


@pytest.mark.parametrize(("header", "status"), [(None, 401), ("Bearer bad", 403)])
def test_the_proxy_passes_errors_on(proxy: Any, header: str | None, status: int) -> None:
    with pytest.raises(_Refused) as refused:
        asyncio.run(proxy.userinfo(header))
    assert refused.value.status == status


def test_an_account_without_a_role_has_no_group(proxy: Any) -> None:
    assert proxy.groups({"role": None}) == []


def test_crypt_pad_separates_its_two_hosts() -> None:
    script = data("cryptpad/cryptpad-config")["config.js"]
    settings = json.loads(script.removeprefix("module.exports = ").rstrip(";\n"))
    assert settings["httpUnsafeOrigin"] == "https://pad.goingdark.social/"
    assert settings["httpSafeOrigin"] == "https://cryptpad.goingdark.social/"
    assert settings["filePath"] == "./data/store"
    assert settings["adminKeys"] == []
    pads = container("Deployment", "cryptpad/cryptpad")
    mounts = {each["mountPath"]: each.get("subPath") for each in pads["volumeMounts"]}
    assert mounts == {
        "/cryptpad/config/config.js": "config.js",
        "/cryptpad/data": None,
        "/cryptpad/customize": "customize",
    }
    assert objects("Deployment")["cryptpad/cryptpad"]["spec"]["strategy"]["type"] == "Recreate"


def test_hypebot_logs_in_with_the_keys_of_its_secret() -> None:
    bot = container("Deployment", "hypebot/hypebot")
    secret = objects("ExternalSecret")["hypebot/hypebot-auth"]["spec"]
    keys = {each["secretKey"] for each in secret["data"]}
    assert {each["valueFrom"]["secretKeyRef"]["key"] for each in bot["env"]} == keys
    script = data("hypebot/hype-entrypoint")["entrypoint.sh"]
    assert all(f"${each['name']}" in script for each in bot["env"])


def test_the_exporter_is_scraped_at_a_port_of_its_service() -> None:
    service = objects("Service")["victoriametrics/hcloud-exporter"]
    scrape = objects("VMServiceScrape")["victoriametrics/hcloud-exporter"]["spec"]
    labels = scrape["selector"]["matchLabels"]
    assert labels.items() <= service["metadata"]["labels"].items()
    ports = {each["name"]: each["port"] for each in service["spec"]["ports"]}
    assert ports[scrape["endpoints"][0]["port"]] == 9501
