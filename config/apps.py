from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Holds the commands that wire the whole together: `quickstart` and `servers`."""

    name = "config"
