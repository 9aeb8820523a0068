"""From JSON to values: strict parsers of fields and objects, pure, for bodies that are too large for serializers."""
