"""Secrets that every Harbor generates once: the key of its database, and those of its services."""

from charts.tooling.harbor.pods import NAME
from kubestrata import Construct, JsonObject
from kubestrata.constructs import GeneratedPassword, SecretKey, SecretReference
from kubestrata.constructs.secret import PasswordFormat, SecretTemplate

REGISTRY_USER = "harbor_registry_user"
# The length of an AES-128 key.
_SECRET_KEY = PasswordFormat(length=16, digits=4)
# Key names that the chart requires (source: its values).
_INTERNAL_KEYS = (
    "CSRF_KEY",
    "JOBSERVICE_SECRET",
    "REGISTRY_HTTP_SECRET",
    "REGISTRY_PASSWD",
    "secret",
)


def secret_key(scope: Construct) -> SecretReference:
    """Generate the key by which Harbor encrypts what it stores."""
    return GeneratedPassword(
        scope, f"{NAME}-secret-key", keys=["secretKey"], format=_SECRET_KEY
    ).secret


def internal_secrets(scope: Construct) -> SecretReference:
    """Generate the secrets that the services share."""
    registry = f'{{{{ htpasswd "{REGISTRY_USER}" .REGISTRY_PASSWD }}}}'
    return GeneratedPassword(
        scope,
        f"{NAME}-internal",
        keys=_INTERNAL_KEYS,
        template=SecretTemplate({"REGISTRY_HTPASSWD": registry}, keeps="all"),
    ).secret


def existing_secrets(administrator: SecretKey, key: SecretReference) -> JsonObject:
    """Return the values of the administrator's password, and of the secret key."""
    return {
        "existingSecretAdminPassword": administrator.name,
        "existingSecretAdminPasswordKey": administrator.key,
        "existingSecretSecretKey": key.name,
    }
