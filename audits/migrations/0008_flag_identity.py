"""
Gives flags the identity that rules cite now: OCDS ids, no longer positions in lists or the concepts that were found.

A flag that was decided keeps its decisions. Where several flags of a subject become one, the one decided last stays,
else the one that stands; another that nobody decided is removed, another with decisions stays withdrawn as it was.
"""

import hashlib
import json
from collections import defaultdict
from itertools import groupby
from operator import attrgetter

from django.db import migrations
from django.utils import timezone

# Rules that ask one question of a process, whatever passages raise it.
_ONE_A_PROCESS = frozenset("T01 T02 T03 T04 T05 T07 T09 T10 T11 T12 T13 T14 T15 T19 T20 T21 T22".split())

# What a flag says, as its latest audit raised it.
_SAID = ("severity", "sentence", "values", "evidence", "rule_version", "parameters", "judged_digest", "last_audit_id")
_NOW = timezone.now()


def _cites(flag):
    """Return what a flag cites now, or None where its rule cites as before."""
    if flag.rule in _ONE_A_PROCESS:
        return []
    if flag.rule == "T16":
        return [flag.values["vendor"]]
    if flag.rule == "T17" and flag.sentence == "told":
        return []
    if flag.rule == "T18":
        return [] if flag.sentence == "renewing" else [_stage(flag)]
    return None


def _stage(flag):
    """Return the id of the award or contract whose period a flag shows, or ``tender``."""
    name, _, rest = flag.evidence[-1]["path"].strip("/").partition("/")
    if name == "tender":
        return "tender"
    index = int(rest.partition("/")[0])
    entries = flag.process.compiled_release.get(name, [])
    return str((entries[index].get("id") if index < len(entries) else "") or name.removesuffix("s"))


def _fingerprint(flag, cites):
    return hashlib.sha256(json.dumps([flag.process.ocid, flag.rule, sorted(cites)]).encode()).digest()


def _unite(flags, twins, fingerprint, last):
    """
    Make one flag of those that are the same now, and give it its new identity.

    :param last: primary key of a flag → its last decision
    """
    kept = max(
        twins, key=lambda flag: (last[flag.pk].pk if flag.pk in last else 0, flag.withdrawn_at is None, flag.pk)
    )
    standing = next((flag for flag in (kept, *twins) if flag.withdrawn_at is None), None)
    for flag in twins:
        if flag is not kept and flag.pk not in last:
            flags.filter(pk=flag.pk).delete()
        elif flag is not kept and flag.withdrawn_at is None:
            flags.filter(pk=flag.pk).update(withdrawn_at=_NOW, changed_at=_NOW, state="withdrawn")
    kept.fingerprint = fingerprint
    if standing not in {None, kept}:
        for name in _SAID:
            setattr(kept, name, getattr(standing, name))
        review = last[kept.pk]
        is_same = bytes(review.judged_digest) == bytes(kept.judged_digest)
        kept.withdrawn_at, kept.changed_at, kept.state = None, _NOW, review.decision if is_same else "changed"
    kept.save()


def carry_over(apps, _schema_editor):
    flags, reviews = apps.get_model("audits", "Flag").objects, apps.get_model("audits", "Review").objects
    affected = (
        flags.filter(rule__in=[*_ONE_A_PROCESS, "T16", "T17", "T18"], process__isnull=False)
        .select_related("process")
        .defer("process__compiled_release", "process__corrections")
        .order_by("process_id", "pk")
    )
    for _, of_process in groupby(affected.iterator(chunk_size=500), key=attrgetter("process_id")):
        groups = defaultdict(list)
        for flag in of_process:
            cites = _cites(flag)
            if cites is not None:
                groups[_fingerprint(flag, cites)].append(flag)
        found = [flag.pk for twins in groups.values() for flag in twins]
        last = {review.flag_id: review for review in reviews.filter(flag__in=found).order_by("pk")}
        for fingerprint, twins in groups.items():
            _unite(flags, twins, fingerprint, last)


class Migration(migrations.Migration):
    dependencies = [("audits", "0007_audit_is_due")]

    operations = [migrations.RunPython(carry_over, migrations.RunPython.noop)]
