"""Read YAML into values with positions, and explain syntax errors by their cause. Knows nothing of flows or calls."""
