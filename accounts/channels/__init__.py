"""The ways to reach people, one module each. A new one is a class and a line in NOTIFICATION_CHANNELS."""
