"""kube-prometheus-stack: with a page for each of its parts, or with Grafana alone."""
