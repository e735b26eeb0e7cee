"""Where the rows of an import come from: one class for each source, and what each needs."""
