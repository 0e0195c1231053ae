"""An agent that develops software on a desktop of its own."""

from charts.tooling.kagent import MODEL, Kagent
from kubeapis import k8s, kagent
from kubestrata import Cluster, Component, Frozen, Host, Image, Quantity, Reference
from kubestrata.constructs import (
    Container,
    ContainerException,
    ExternalSecret,
    ExtraContainer,
    Justification,
    PodSecurity,
    PodSettings,
    Probe,
    Probes,
    RemoteKey,
    Resources,
    Rollout,
    Scaling,
    SecretKey,
    SecretReference,
    SecretSource,
    Volume,
    Workload,
)
from kubestrata.constructs.secret import Refresh

_NAME = "devbot"
_DESKTOP = f"{_NAME}-desktop"
_VNC, _TOOLS = 5900, 8080
_KEYS = ("anthropic-key", "gitea-token", "harbor-password", "vnc-password")
_WORKSPACE, _CONFIG = "/home/devbot/workspace", "/home/devbot/.config"
# The user of the images.
_USER = 1000
_TEMPORARY = "/tmp"  # noqa: S108  # a volume of the pod
_FILES = Justification(
    reason="a desktop session writes to its home and to its run-time folders",
    owner="cluster-owner",
    expires="2027-12-31",
)
_PROMPT = """\
You are a development assistant who works on a desktop.

Call one tool for each step, and look at a screenshot before and after it.
Save your work below the workspace folder.
Ask when a task is unclear.
"""


class DevbotImages(Frozen):
    """Images of the desktop, and of the server of tools that controls it."""

    desktop: Image
    tools: Image


class DevbotHosts(Frozen):
    """Programs that the agent works with."""

    gitea: Host
    harbor: Host


class Devbot(Component):
    """The desktop, its server of tools, and the agent, which kagent runs.

    `entry` in the store has its credentials; a person writes it.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        controller: Kagent,
        images: DevbotImages,
        hosts: DevbotHosts,
        entry: str,
        storage_class: Reference,
    ) -> None:
        super().__init__(scope, _NAME, layer="tooling", namespace=namespace)
        self.needs(controller)
        source = SecretSource.keys({key: RemoteKey(entry, key) for key in _KEYS})
        self.credentials = ExternalSecret(
            self, f"{_NAME}-credentials", source=source, refresh=Refresh.once()
        ).secret
        desktop = self._desktop(images, storage_class)
        self._agent(desktop, hosts)

    def _desktop(self, images: DevbotImages, storage_class: Reference) -> Workload:
        return Workload(
            self,
            _DESKTOP,
            image=images.desktop,
            container=_desktop_container(self.credentials),
            pod=PodSettings(
                containers={"mcp-server": _tools_container(images.tools)},
                security=PodSecurity(user=_USER, group=_USER, volume_group=_USER),
                volumes={
                    "workspace": Volume.claim(
                        "20Gi", storage_class.name, name=f"{_NAME}-workspace"
                    ),
                    "config": Volume.claim("5Gi", storage_class.name, name=f"{_NAME}-config"),
                },
            ),
            rollout=Rollout.recreate(),
            scaling=Scaling.fixed(1),
        )

    def _agent(self, desktop: Workload, hosts: DevbotHosts) -> None:
        tools = kagent.RemoteMCPServer(
            self,
            f"{_NAME}-computer-control",
            spec=kagent.v1alpha2.RemoteMCPServerSpec(
                description="Screen, keyboard and mouse of the desktop",
                protocol="STREAMABLE_HTTP",
                url=desktop.service.text(f"http://{{host}}:{_TOOLS}"),
            ),
        )
        key = self.credentials.key("anthropic-key")
        model = kagent.ModelConfig(
            self,
            f"{_NAME}-anthropic",
            spec=kagent.v1alpha2.ModelConfigSpec(
                provider="Anthropic",
                model=MODEL,
                api_key_secret=key.name,
                api_key_secret_key=key.key,
            ),
        )
        server = kagent.v1alpha2.AgentSpecDeclarativeToolsMcpServer(
            api_group="kagent.dev", kind="RemoteMCPServer", name=tools.name
        )
        kagent.Agent(
            self,
            _NAME,
            spec=kagent.v1alpha2.AgentSpec(
                type="Declarative",
                description="Development assistant on a desktop",
                declarative=kagent.v1alpha2.AgentSpecDeclarative(
                    model_config=model.name,
                    system_message=_PROMPT,
                    tools=[
                        kagent.v1alpha2.AgentSpecDeclarativeTools(
                            type="McpServer", mcp_server=server
                        )
                    ],
                    deployment=_deployment(self.credentials, hosts),
                ),
            ),
        )


def _desktop_container(credentials: SecretReference) -> Container:
    return Container(
        port=None,
        ports={"vnc": _VNC},
        env={
            "DISPLAY": ":0",
            "RESOLUTION": "1920x1080",
            "VNC_PASSWORD": credentials.key("vnc-password"),
        },
        mounts={_WORKSPACE: "workspace", _CONFIG: "config"},
        writable={_TEMPORARY: Quantity("1Gi")},
        probes=Probes(liveness=_vnc(30, 10), readiness=_vnc(10, 5)),
        resources=Resources.of("1000m", "2Gi", "2000m", "4Gi", ephemeral_storage="2Gi"),
        exceptions=[ContainerException.writable_root(_FILES)],
    )


def _tools_container(image: Image) -> ExtraContainer:
    return ExtraContainer(
        image=image,
        ports={"mcp": _TOOLS},
        env={"DISPLAY": "localhost:0"},
        writable={_TEMPORARY: Quantity("256Mi")},
        probes=Probes(liveness=_health(10, 10), readiness=_health(5, 5)),
        resources=Resources.of("250m", "512Mi", "500m", "1Gi", ephemeral_storage="512Mi"),
    )


def _vnc(delay: int, period: int) -> Probe:
    return Probe(port="vnc", initial_delay_seconds=delay, period_seconds=period)


def _health(delay: int, period: int) -> Probe:
    return Probe(path="/health", port="mcp", initial_delay_seconds=delay, period_seconds=period)


def _deployment(
    credentials: SecretReference, hosts: DevbotHosts
) -> kagent.v1alpha2.AgentSpecDeclarativeDeployment:
    """Return the pod of the agent: its variables, and its size."""
    return kagent.v1alpha2.AgentSpecDeclarativeDeployment(
        env=[
            _text("GITEA_URL", f"https://{hosts.gitea}"),
            _secret("GITEA_TOKEN", credentials.key("gitea-token")),
            _text("HARBOR_URL", f"https://{hosts.harbor}"),
            _text("HARBOR_USERNAME", _NAME),
            _secret("HARBOR_PASSWORD", credentials.key("harbor-password")),
            _text("WORKSPACE", _WORKSPACE),
        ],
        resources=k8s.ResourceRequirements(
            requests={"cpu": Quantity("500m"), "memory": Quantity("512Mi")},
            limits={"cpu": Quantity("1000m"), "memory": Quantity("2Gi")},
        ),
    )


_Variable = kagent.v1alpha2.AgentSpecDeclarativeDeploymentEnv


def _text(name: str, value: str) -> _Variable:
    return _Variable(name=name, value=value)


def _secret(name: str, key: SecretKey) -> _Variable:
    source = k8s.SecretKeySelector(name=key.name, key=key.key)
    found = kagent.v1alpha2.AgentSpecDeclarativeDeploymentEnvValueFrom(secret_key_ref=source)
    return _Variable(name=name, value_from=found)
