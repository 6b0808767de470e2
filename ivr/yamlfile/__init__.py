"""Read YAML into values with positions, and explain syntax errors by their cause. Must not know flows or calls."""
