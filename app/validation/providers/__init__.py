"""Services outside that look at mailboxes, for money or by a machine of one's own.

Which one is the operator's decision, made in the environment: no tenant names a target. Whatever
goes wrong there is never a verdict on an address.
"""
