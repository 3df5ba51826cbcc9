from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _

from contracts.postgres.versions import refuse_newer


class AuditsConfig(AppConfig):
    name = "audits"
    verbose_name = _("Audits")

    def ready(self) -> None:
        import_module("audits.receivers")  # connects the one signal of the project
        pre_migrate.connect(refuse_newer, sender=self)
        rules_in_force = import_module("audits.reference.rules_in_force")
        post_migrate.connect(rules_in_force.put_in_force, sender=self, dispatch_uid="audits.rules_in_force")
        # After django.contrib.auth's own receiver, which makes the permissions.
        groups = import_module("audits.groups")
        post_migrate.connect(groups.make_groups, sender=self, dispatch_uid="audits.groups")
