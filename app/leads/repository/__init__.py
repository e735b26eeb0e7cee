"""Leads and memberships in the database."""
