"""cloudflared, the end of a tunnel of Cloudflare: on every node, or in two pods."""
