"""Conversations as editors write them for tests: read, played against the webhooks, and judged."""
