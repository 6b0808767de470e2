"""How a flow asks a back end. One way a module; each keeps the `Lookup` port of the engine."""
