"""What a workspace knows better than the lists of domains and names that everybody shares."""
