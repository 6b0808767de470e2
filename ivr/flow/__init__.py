"""The flow language: read YAML files into flows, report every problem with its place. Must not know calls."""
