"""Every verb that changes a workout. All of them become operations and go through `apply`."""
