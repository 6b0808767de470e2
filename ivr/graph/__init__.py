"""Pictures of flows for people: steps, keys, levels, times, and how callers use them."""
