"""Files of the Secrets that are encrypted in Git."""

from pathlib import Path

_FOLDER = Path(__file__).parents[2] / "secrets" / "cloudlab"


def secret_file(name: str) -> Path:
    """Return the file of the Secret `name`, an input of whoever delivers this cluster."""
    return _FOLDER / f"{name}.enc.yaml"
