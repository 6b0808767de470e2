"""What a running server reports: one line of JSON per turn, and metrics for Prometheus."""
