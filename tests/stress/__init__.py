"""Many clients at once, and what must hold whatever they do: ``make stress``."""
