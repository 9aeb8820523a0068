"""Formulas of training and body: pure arithmetic, each with its source."""
