"""The demo: a bank with invented data, and the place of its flows. Must not import other packages of ivr."""
