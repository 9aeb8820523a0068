"""Reading people and how they stand to each other: fixed statements, a constant number for a page of any size."""
