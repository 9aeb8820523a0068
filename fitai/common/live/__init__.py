"""Live channels: what happens on one device is on the others at once, or is caught up with."""
