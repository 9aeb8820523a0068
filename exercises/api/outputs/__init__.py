"""What clients get, one module a noun: shapes, and their schema."""
