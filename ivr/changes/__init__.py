"""Differences between two releases, in the words of callers."""
