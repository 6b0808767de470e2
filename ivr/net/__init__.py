"""Connections to other systems: an HTTP client, probes of reachability, and a pool of threads with deadlines."""
