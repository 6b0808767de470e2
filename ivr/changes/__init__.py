"""What is different between two releases, in words of those who call."""
