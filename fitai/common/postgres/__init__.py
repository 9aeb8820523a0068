"""Django's PostgreSQL, with times read in C."""
