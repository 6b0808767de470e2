"""Speech synthesis and recognition. Must not import channels, stores, steps or a web framework."""
