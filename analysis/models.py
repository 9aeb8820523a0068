"""The tables of this app; each room has its own."""

from analysis.form.models import FormAnalysis, VideoAllowance

__all__ = ["FormAnalysis", "VideoAllowance"]
