"""Form analyses: a person films a set, a job says what it shows."""
