"""Common parts of every cloudflared: its image, and the Service of the Gateway behind it."""

from kubestrata import Image, JsonObject, Reference

NAME = "cloudflared"
IMAGE = Image("cloudflare/cloudflared:2025.10.1")
NOT_FOUND: JsonObject = {"service": "http_status:404"}
"""The answer for hosts that no other entry has."""


def gateway_url(gateway: Reference, port: str = "") -> str:
    """Return the URL of a Gateway of Cilium, which creates a Service of this name for it.

    `port` is empty or begins with a colon.
    """
    return gateway.text(f"https://cilium-gateway-{{name}}.{{namespace}}.svc.cluster.local{port}")
