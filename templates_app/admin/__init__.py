"""Plans in the admin."""

from templates_app.admin.templates import TemplateAdmin

__all__ = ["TemplateAdmin"]
