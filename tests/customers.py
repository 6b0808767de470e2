"""The customers of the demo bank that tests name."""

ZHANG, LI = "+8613800000001", "+8613800000002"
