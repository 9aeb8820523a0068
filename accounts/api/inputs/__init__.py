"""What clients may send, one module a noun."""
