"""Telephone systems that a call can come from; one folder each, and none knows another."""
