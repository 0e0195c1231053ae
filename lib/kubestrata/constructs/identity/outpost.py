"""Names and paths of Authentik's outposts; source: its documentation of forward authentication."""

OUTPOST_PATH = "/outpost.goauthentik.io"
OUTPOST_HEADERS = (
    "Set-Cookie",
    *(f"X-authentik-{each}" for each in ("username", "groups", "email", "name", "uid")),
)
"""Headers of an outpost's answer that applications read."""
