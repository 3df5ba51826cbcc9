from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _

from contracts.postgres.downgrades import refuse_newer


class AuditsConfig(AppConfig):
    name = "audits"
    verbose_name = _("Audits")

    def ready(self) -> None:
        import_module("audits.receivers")  # connects the one signal of the project
        pre_migrate.connect(refuse_newer, sender=self)
        # After django.contrib.auth's own receiver, which makes the permissions.
        groups = import_module("audits.groups")
        post_migrate.connect(groups.make_groups, sender=self, dispatch_uid="audits.groups")
