"""Clients of back ends, one module each. Each implements the engine's `Lookup` port."""
