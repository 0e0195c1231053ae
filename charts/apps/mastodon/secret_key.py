"""Keys of Mastodon's Secrets, and their keys in the secret store."""

from collections.abc import Mapping

APP, WALG, ONION = "mastodon-app-secrets", "mastodon-walg-s3", "mastodon-onion-keys"

# Key of the Secret, an environment variable -> key in the store, without its prefix.
_APP = {
    "LOCAL_DOMAIN": "domain",
    "SECRET_KEY_BASE": "secret-key-base",
    "OTP_SECRET": "otp-secret",
    "VAPID_PRIVATE_KEY": "vapid-private",
    "VAPID_PUBLIC_KEY": "vapid-public",
    "ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY": "ar-primary",
    "ACTIVE_RECORD_ENCRYPTION_DETERMINISTIC_KEY": "ar-deterministic",
    "ACTIVE_RECORD_ENCRYPTION_KEY_DERIVATION_SALT": "ar-salt",
    "SMTP_SERVER": "smtp-server",
    "SMTP_PORT": "smtp-port",
    "SMTP_LOGIN": "smtp-login",
    "SMTP_PASSWORD": "smtp-password",
    "SMTP_FROM_ADDRESS": "smtp-from-address",
    "AWS_ACCESS_KEY_ID": "s3-access-key",
    "AWS_SECRET_ACCESS_KEY": "s3-secret-key",
    "S3_ENDPOINT": "s3-endpoint-url",
    "HCAPTCHA_SITE_KEY": "hcaptcha-site-key",
    "HCAPTCHA_SECRET_KEY": "hcaptcha-secret-key",
}
_WALG = {
    "AWS_ACCESS_KEY_ID": "s3-access-key",
    "AWS_SECRET_ACCESS_KEY": "s3-secret-key",
    "AWS_ENDPOINT": "s3-endpoint-url",
    "WAL_S3_BUCKET": "backup-bucket",
}
_ONION = {
    "hostname": "hostname",
    "hs_ed25519_public_key": "public_key",
    "hs_ed25519_secret_key": "secret_key",
}


def _below(prefix: str, keys: Mapping[str, str]) -> Mapping[str, str]:
    return {key: f"{prefix}-{path}" for key, path in keys.items()}


SECRETS: Mapping[str, Mapping[str, str]] = {
    APP: _below("app-mastodon", _APP),
    ONION: _below("app-mastodon-onion", _ONION),
    WALG: _below("app-mastovault", _WALG),
    # Nothing reads these two.
    "s3-endpoint-config": {"ENDPOINT_URL": "app-mastovault-s3-endpoint-url"},
    "mastodon-app-pgbouncer-secrets": {"adminPasswordKey": "app-mastodon-pgbouncer-admin-password"},
}
"""Secret -> key of the Secret -> key in the store."""
