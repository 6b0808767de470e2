"""A telephone in the terminal: prompts as text or sound, keys and words from a person."""
