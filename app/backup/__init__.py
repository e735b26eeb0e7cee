"""`leadgate backup` and `leadgate restore`: the database and the secret key in one file."""
