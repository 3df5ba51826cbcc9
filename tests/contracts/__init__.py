"""Tests of `contracts`, folder by folder as it is."""
