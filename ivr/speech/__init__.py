"""Speaking and hearing. A sibling of channels, stores and steps: it imports none of them, and no web framework."""
