"""The telephone in a terminal: prompts as text or sound, keys and words from a person."""
