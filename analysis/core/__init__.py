"""What a filmed set says: from keypoints to repetitions, metrics and cues. NumPy only; no clock, no I/O, no Django."""

VERSION = 1
"""Of the results: grows with every change that can change a number."""
