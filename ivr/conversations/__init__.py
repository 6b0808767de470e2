"""Conversations, the tests that editors write: read them, play them against the webhooks, and check them."""
