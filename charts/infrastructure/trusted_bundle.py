"""The cluster's trusted certificates in pods of charts."""

from kubestrata import Frozen, JsonObject
from kubestrata.constructs import ConfigKey

_NAME = "trusted-ca"
_FOLDER = "/etc/ssl/certs/cluster-ca"


class TrustedBundle(Frozen):
    """A bundle of certificates, the copy in the namespace of the pods, as values of their chart."""

    key: ConfigKey

    @property
    def path(self) -> str:
        """Return the file with the certificates."""
        return f"{_FOLDER}/{self.key.key}"

    @property
    def volume(self) -> JsonObject:
        """Return the volume."""
        return {"name": _NAME, "configMap": {"name": self.key.name}}

    @property
    def mount(self) -> JsonObject:
        """Return the mount of a container."""
        return {"name": _NAME, "mountPath": _FOLDER, "readOnly": True}

    @property
    def variable(self) -> JsonObject:
        """Return the variable by which OpenSSL and Go find the file."""
        return {"name": "SSL_CERT_FILE", "value": self.path}
