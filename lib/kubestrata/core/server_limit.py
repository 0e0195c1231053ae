"""Sizes that the API server accepts.

Source: apimachinery, TotalAnnotationSizeLimitB; the API's MaxSecretSize, for ConfigMaps too.
"""

from __future__ import annotations

MOST_ANNOTATION_BYTES = 262_144
"""Bytes of all annotations of an object together."""
MOST_CONFIG_BYTES = 1_048_576
"""Bytes of all values of a ConfigMap or a Secret together, binary ones as they are."""
