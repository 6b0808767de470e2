"""Figures of a period and the detail of one call, from journal rows and documents. Must not write to the store."""
