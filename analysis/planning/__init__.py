"""Plans made for somebody: the wishes, what is known of their lifts, and the job in which the planner thinks."""
