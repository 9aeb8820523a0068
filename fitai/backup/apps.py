from django.apps import AppConfig


class BackupConfig(AppConfig):
    name = "fitai.backup"
    verbose_name = "Backups"
