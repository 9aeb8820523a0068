"""The HTTP door of the exercise library, one module a noun."""
