"""The flow language: read YAML files into flows, and report every problem with its place. Knows no call or carrier."""
