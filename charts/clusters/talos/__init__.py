"""The cluster talos: Talos on Proxmox, with Vault, single sign-on and its own DNS."""
