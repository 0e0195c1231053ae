"""GitLab and its runners."""
