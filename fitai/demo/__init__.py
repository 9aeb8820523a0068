"""The tour: a real workout on two devices, against a running FitAI, which it knows only through its public doors."""
