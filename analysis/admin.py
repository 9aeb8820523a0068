"""The admin's pages of this app; each room has its own."""

from analysis.form.admin import FormAnalysisAdmin

__all__ = ["FormAnalysisAdmin"]
