"""The demo: a bank to talk to. Imports nothing of ivr."""
