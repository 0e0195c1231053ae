"""Versioned images of Bitnami's charts, which moved when the publisher closed its catalogue."""

from kubestrata import JsonObject


def legacy_image(name: str) -> JsonObject:
    """Return the values of a chart whose main image is `name`; the chart has its version."""
    return {
        # The charts refuse images from elsewhere without this value.
        "global": {"security": {"allowInsecureImages": True}},
        "image": {"repository": f"bitnamilegacy/{name}"},
    }
