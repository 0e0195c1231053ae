"""The pod that runs Terraform for one object."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import field

from kubeapis import k8s
from kubeapis.tofu import v1alpha2 as kinds
from kubestrata.constructs.config.config_reference import ConfigKey
from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_VOLUME, _FOLDER = "trusted-ca", "/etc/ssl/certs/trusted-ca"


class TrustedCa(Frozen):
    """A bundle of certificates that the runner trusts, a key of a ConfigMap in its namespace.

    `variable` is the environment variable by which the providers find it: `SSL_CERT_FILE` for all
    programs in Go, `VAULT_CACERT` for Vault's provider only.
    """

    bundle: ConfigKey
    variable: str = "SSL_CERT_FILE"


class TerraformRunner(Frozen, kw_only=True):
    """Environment and trusted certificates of the runner.

    `service_account` is in the namespace of the Terraform object; the controller's chart creates
    `tf-runner`. Raises InvalidValue for the name of a variable that a shell does not accept.
    """

    service_account: str = "tf-runner"
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    trusted_ca: TrustedCa | None = None

    def __post_init__(self) -> None:
        given = [self.trusted_ca.variable] if self.trusted_ca is not None else []
        for name in (*self.environment, *given):
            if not _VARIABLE.match(name):
                why = "is not a valid variable: must be letters, digits and '_'"
                raise InvalidValue(f"environment variable {name!r} of a runner", why)
        if self.trusted_ca is not None and self.trusted_ca.variable in self.environment:
            why = "is set twice: in environment= and by trusted_ca="
            raise InvalidValue(f"environment variable {self.trusted_ca.variable!r}", why)

    @property
    def template(self) -> kinds.TerraformSpecRunnerPodTemplate | None:
        """Return the pod template, None where the controller's is enough."""
        env = [
            kinds.TerraformSpecRunnerPodTemplateSpecEnv(name=name, value=value)
            for name, value in self.environment.items()
        ]
        if self.trusted_ca is None:
            spec = kinds.TerraformSpecRunnerPodTemplateSpec(env=env)
            return kinds.TerraformSpecRunnerPodTemplate(spec=spec) if env else None
        key = self.trusted_ca.bundle
        path = f"{_FOLDER}/{key.key}"
        env.append(
            kinds.TerraformSpecRunnerPodTemplateSpecEnv(name=self.trusted_ca.variable, value=path)
        )
        volume = kinds.TerraformSpecRunnerPodTemplateSpecVolumes(
            name=_VOLUME, config_map=key.config.volume(key.key)
        )
        mount = k8s.VolumeMount(name=_VOLUME, mount_path=_FOLDER, read_only=True)
        spec = kinds.TerraformSpecRunnerPodTemplateSpec(
            env=env, volumes=[volume], volume_mounts=[mount]
        )
        return kinds.TerraformSpecRunnerPodTemplate(spec=spec)
