from importlib import import_module

from django.apps import AppConfig


class AnalysisConfig(AppConfig):
    name = "analysis"
    verbose_name = "Analysis"

    def ready(self) -> None:
        import_module("analysis.form.jobs")
        import_module("analysis.form.media")
        import_module("analysis.form.remarks")
        import_module("analysis.form.retention")
        import_module("analysis.planning.jobs")
        import_module("analysis.vision.jobs")
