"""YAML whose values know their places, and slips explained by their cause. Knows nothing of telephones."""
