"""Channels: the telephone systems from which calls arrive, one folder each. Must not import one another."""
