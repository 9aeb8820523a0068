from importlib import import_module

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "fitai.privacy"
    verbose_name = "Privacy"

    def ready(self) -> None:
        import_module("fitai.privacy.checks")
