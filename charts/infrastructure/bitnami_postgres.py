"""PostgreSQL of Bitnami's chart, which charts of applications include."""

from kubestrata import Construct, JsonObject, Reference
from kubestrata.constructs import SecretReference
from kubestrata.constructs.secret import GeneratedPassword, SecretTemplate

PORT = 5432
PASSWORD = "password"  # noqa: S105  # a key
"""The key with the password of the application's own user."""
_ADMINISTRATOR = "postgres-password"


def postgres_passwords(
    scope: Construct, id: str, *, template: SecretTemplate | None = None
) -> SecretReference:
    """Generate the passwords of the administrator and of the application, once."""
    return GeneratedPassword(scope, id, keys=[PASSWORD, _ADMINISTRATOR], template=template).secret


def existing_passwords(secret: SecretReference) -> JsonObject:
    """Return the values by which the chart reads its passwords from a Secret."""
    return {
        "existingSecret": secret.name,
        "secretKeys": {
            "adminPasswordKey": secret.key(_ADMINISTRATOR).key,
            "userPasswordKey": secret.key(PASSWORD).key,
        },
    }


def claim(size: str, storage_class: Reference) -> JsonObject:
    """Return the values of the database's volume."""
    return {"size": size, "storageClass": storage_class.name}
