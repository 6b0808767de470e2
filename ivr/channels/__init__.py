"""Telephone systems that a call can come from; one folder each. No channel imports another."""
