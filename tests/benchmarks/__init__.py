"""How fast it is, in ratios to PostgreSQL's own COPY. A command, not a test."""
