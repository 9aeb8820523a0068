"""Finding an exercise by what people type."""
