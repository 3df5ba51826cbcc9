from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Holds what wires the whole together: the commands `quickstart` and `servers`, and system checks."""

    name = "config"

    def ready(self) -> None:
        from config import checks  # noqa: F401, PLC0415 - registers itself
