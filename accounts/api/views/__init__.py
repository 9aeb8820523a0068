"""The HTTP door of accounts, one module a noun."""
