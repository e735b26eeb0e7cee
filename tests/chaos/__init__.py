"""`leadgate up` under load, whose processes are killed at random: ``make chaos``."""
