"""Files as they are sent, and what is read of them."""
