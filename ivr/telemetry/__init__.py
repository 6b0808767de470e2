"""Telemetry of a running server: one line of JSON per turn, and metrics for Prometheus."""
