"""The input gate: untrusted bytes → releases, before any parser builds values."""
