"""Which flows are live: releases that are published, tried by a share of calls, planned, and taken back."""
