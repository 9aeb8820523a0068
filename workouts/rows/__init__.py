"""What is read of workouts: fixed statements where many are read, a fraction of the cost of composing them anew."""
