"""What a running server tells of itself: one line of JSON a turn, and figures for Prometheus."""
