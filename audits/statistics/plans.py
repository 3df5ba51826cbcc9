"""The plan of a process, from its earlier releases."""

from collections import defaultdict
from collections.abc import Sequence

from audits.judging.figures.processes import PlannedMethod
from contracts.intake.received.receiving import gate_limits
from contracts.models import ContractingProcess, Release
from contracts.ocds.parsing.plans import ReleaseMethod, planned_method, read_method

# A process with an open procedure, or without a method, cannot have replaced a plan by a direct award.
_SKIPPED_METHODS = ("", "open")
# Releases are large documents, so they are read in small batches.
_CHUNK = 50


def planned_methods(process_ids: Sequence[int]) -> dict[int, PlannedMethod]:
    """
    Return the plan of each process whose method is known and not open, and that has an earlier release. A single
    release has no plan that differs from it, so most processes are not read at all.
    """
    wanted = {
        process_id: (ocid, awarded)
        for process_id, ocid, awarded in ContractingProcess.objects.public()
        .filter(pk__in=list(process_ids), release_count__gt=1)
        .exclude(procurement_method__in=_SKIPPED_METHODS)
        .values_list("pk", "ocid", "award_date")
    }
    if not wanted:
        return {}
    releases: dict[str, list[ReleaseMethod]] = defaultdict(list)
    limits = gate_limits()
    of_processes = Release.objects.in_public_records().filter(ocid__in=[ocid for ocid, _ in wanted.values()])
    stored = of_processes.filter(kind=Release.Kind.RELEASE)
    for ocid, content in stored.order_by("ocid", "pk").values_list("ocid", "content").iterator(chunk_size=_CHUNK):
        found = read_method(bytes(content), limits)
        if found is not None:
            releases[ocid].append(found)
    figures = {}
    for process_id, (ocid, awarded) in wanted.items():
        plan = planned_method(releases[ocid], awarded)
        if plan is not None:
            figures[process_id] = PlannedMethod(plan.method, plan.release_id)
    return figures


def release_counts(process_ids: Sequence[int]) -> dict[int, int]:
    """
    Return the number of releases of each process. If it has changed, figures of single releases may be outdated, even
    if the compiled release is the same.
    """
    return dict(ContractingProcess.objects.filter(pk__in=list(process_ids)).values_list("pk", "release_count"))
