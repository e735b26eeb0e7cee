"""Which column of a file is which field: suggested, checked, and applied to every row. Pure."""
