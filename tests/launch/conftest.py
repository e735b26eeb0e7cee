"""What addresses are checked by, as in the tests of leads."""

from tests.leads.conftest import asking, check, checking, dns

__all__ = ["asking", "check", "checking", "dns"]
