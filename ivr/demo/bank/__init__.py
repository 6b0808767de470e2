"""The demo bank: a small HTTP service on its own SQLite file, with invented data. Must not import ivr."""
