"""Everything about one person: exporting it, removing it. Which tables those are, the models say."""
