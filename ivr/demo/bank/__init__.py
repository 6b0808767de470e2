"""A bank to talk to: a small HTTP service on a SQLite file of its own. Imports nothing of ivr; all data is invented."""
