"""The cluster goingdark: Talos at Hetzner, for one Mastodon server."""
