"""What is done with imports: batches, long runs, what people decide of them, and undoing."""
