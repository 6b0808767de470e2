"""Ways in which a flow asks a back end, one module each. Each implements the `Lookup` port of the engine."""
