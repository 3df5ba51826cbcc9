"""Tests of `audits`, folder by folder as it is."""
