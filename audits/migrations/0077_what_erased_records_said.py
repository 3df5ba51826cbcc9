"""What audits quote of records that were erased goes, as it goes with them since (``audits.engine.retiring.forget``)."""

from django.db import migrations
from django.db.models import Exists, OuterRef, Q

# What is decided on a flag, answered or asked of it keeps it as it was judged.
_KEEPING = ("Review", "Reply", "GoldenAnswer", "SampledFlag")


def forget(apps, schema_editor):  # noqa: ARG001 - as Django calls it
    model = {name: apps.get_model("audits", name) for name in ("Flag", "Audit", "DeskEntry", *_KEEPING)}
    processes = apps.get_model("contracts", "ContractingProcess").objects.order_by()
    emptied = processes.filter(verification="retired", release_count=0).values("pk")
    flags = model["Flag"].objects.order_by().filter(process__in=emptied)
    undecided = flags.filter(decision="")
    for name in _KEEPING:
        undecided = undecided.filter(~Exists(model[name].objects.order_by().filter(flag=OuterRef("pk"))))
    handed = Exists(model["DeskEntry"].objects.order_by().filter(flag=OuterRef("pk")))
    undecided.filter(handed).update(sentence="", values={}, evidence=[])
    undecided.exclude(handed).delete()
    audits = model["Audit"].objects.order_by().filter(process__in=emptied)
    audits.update(outcomes={}, withheld=[], sector_evidence=[])
    named = model["Flag"].objects.order_by().filter(Q(first_audit=OuterRef("pk")) | Q(last_audit=OuterRef("pk")))
    audits.filter(~Exists(named)).delete()


class Migration(migrations.Migration):
    dependencies = [("audits", "0076_replies_about_organizations")]

    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]
