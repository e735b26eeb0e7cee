"""Imports, their ledger and what they read, in the database."""
