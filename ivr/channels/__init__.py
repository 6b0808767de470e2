"""Telephone systems that a call can come from; one file each, and none knows another."""
