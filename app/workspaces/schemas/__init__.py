"""Workspaces and keys on the wire."""
