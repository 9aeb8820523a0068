"""What clients send to the exercise library, one module a noun."""
