from django.apps import AppConfig


class EmbeddedConfig(AppConfig):
    name = "fitai.embedded"
    verbose_name = "Embedded services"
