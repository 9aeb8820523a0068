"""What to do next and why: from what a plan asks and what was lifted to the next sets. Pure: no database, no clock."""
