"""A token with which Terraform configures Gitea, created once by a job."""

from kubeapis import k8s
from kubestrata import Cluster, Component, Image, Quantity, Reference, ServiceReference
from kubestrata.constructs import (
    Container,
    JobSettings,
    PodSettings,
    Resources,
    RunOnce,
    SecretReference,
)

_NAME = "gitea-admin-token"
_TOKEN = "terraform-admin-token"  # noqa: S105  # the name of a token
_SCOPES = ("admin", "repository", "user", "organization")
_KEY = "token"


class GiteaToken(Component):
    """The Secret `gitea-admin-token`, with the key `token`.

    The job ends at once where the Secret exists. Gitea answers an error if it has a token of the
    name whose Secret is gone: then delete the token there.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        gitea: ServiceReference,
        administrator: SecretReference,
        image: Image,
    ) -> None:
        """`image` has kubectl, curl and a shell."""
        super().__init__(scope, "gitea-token", layer="tooling", namespace=namespace)
        self.job = RunOnce(
            self,
            f"{_NAME}-generator",
            again="never",
            image=image,
            container=Container(
                port=None,
                command=["/bin/sh", "-ec", _SCRIPT],
                env={
                    "GITEA": gitea.url(),
                    "LOGIN": administrator.key("username"),
                    "PASSWORD": administrator.key("password"),
                },
                writable={"/tmp": Quantity("16Mi")},  # noqa: S108  # a volume of the pod
                resources=Resources.of("50m", "128Mi"),
            ),
            pod=PodSettings(
                permissions=[
                    k8s.PolicyRule(api_groups=[""], resources=["secrets"], verbs=["create"]),
                    k8s.PolicyRule(
                        api_groups=[""],
                        resources=["secrets"],
                        resource_names=[_NAME],
                        verbs=["get"],
                    ),
                ]
            ),
            job=JobSettings(retries=5),
        )
        made = Reference(self, "", "Secret", _NAME, namespace.object_name)
        self.secret = SecretReference(made, frozenset({_KEY}))


_REQUEST = (
    f'{{"name": "{_TOKEN}", "scopes": [' + ", ".join(f'"write:{each}"' for each in _SCOPES) + "]}"
)
_SCRIPT = f"""\
if kubectl get secret {_NAME} --output name; then
  exit 0
fi
until curl --fail --silent --show-error --output /dev/null "$GITEA/api/v1/version"; do
  sleep 5
done
answer=$(curl --fail --silent --show-error --user "$LOGIN:$PASSWORD" \\
  --header "Content-Type: application/json" --data '{_REQUEST}' \\
  "$GITEA/api/v1/users/$LOGIN/tokens")
token=$(printf '%s' "$answer" | sed -n 's/.*"sha1":"\\([^"]*\\)".*/\\1/p')
test -n "$token"
kubectl create secret generic {_NAME} --from-literal={_KEY}="$token"
"""
