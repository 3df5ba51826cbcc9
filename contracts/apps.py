from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import pre_migrate
from django.utils.translation import gettext_lazy as _

from contracts.postgres.versions import refuse_newer


class ContractsConfig(AppConfig):
    name = "contracts"
    verbose_name = _("Contracts")

    def ready(self) -> None:
        import_module("contracts.checks")
        import_module("contracts.trail")  # hears of logins
        pre_migrate.connect(refuse_newer, sender=self)
