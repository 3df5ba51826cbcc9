"""Tests of `config`: settings, servers, deployment, guides, translations."""
