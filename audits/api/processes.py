"""Contracting processes with what their audits found."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.db.models import OuterRef, Subquery
from rest_framework import serializers

from audits.api.flags import FlagRow, visible_rows
from audits.api.sectors import SectorFilter, Sectors
from audits.judging.vocabulary import OutcomeKind
from audits.models import Audit
from contracts.api.processes import (
    ByOcid,
    ProcessDetail,
    ProcessDetailView,
    ProcessFilter,
    ProcessListView,
    ProcessRow,
)
from contracts.api.protocol.columns import Instant


def current_audit_column(column: str, subject: str = "process") -> Subquery:
    """Return a column of the present audit of a row, which is a process or another subject."""
    return Subquery(Audit.objects.filter(**{subject: OuterRef("pk")}, is_current=True).values(column)[:1])


class OutcomeCounts(serializers.DictField):
    """How many rules gave each kind of outcome; which ones is for those who may see the flags."""

    child = serializers.IntegerField()

    @staticmethod
    def expression(_source: str) -> Subquery:
        return current_audit_column("outcomes")

    @staticmethod
    def convert(value: Mapping[str, Any]) -> dict[str, int]:
        counted = Counter(outcome["kind"] for outcome in value.values())
        return {kind.value: counted[kind.value] for kind in OutcomeKind}


class Audited(Instant):
    @staticmethod
    def expression(_source: str) -> Subquery:
        return current_audit_column("audited_at")


class AuditedProcessRow(ProcessRow):
    """A contracting process: the columns that are copied from its compiled release, and its technology sectors."""

    sectors = Sectors()


class AuditedProcessFilter(ProcessFilter):
    sector = SectorFilter(field_name="pk")


class AuditedProcessListView(ProcessListView):
    """List contracting processes."""

    serializer_class = AuditedProcessRow
    filterset_class = AuditedProcessFilter


class AuditedProcessDetail(ProcessDetail):
    audited = Audited(help_text="When the rules judged it last; empty before they did.")
    sectors = Sectors()
    outcomes = OutcomeCounts(allow_null=True, help_text="How many rules gave each kind of outcome.")
    flags = FlagRow(many=True, help_text="Those that you may see.")


class AuditedProcessDetailView(ProcessDetailView):
    """Read one contracting process: its columns, rows and compiled release, and the flags that you may see."""

    serializer_class = AuditedProcessDetail

    def section(self, name: str, field: Any, pk: Any) -> Any:
        if name == "flags":
            return visible_rows(self.request, process=pk)
        return super().section(name, field, pk)


class AuditedProcessByOcidView(ByOcid, AuditedProcessDetailView):  # type: ignore[override]
    """Read one contracting process, as by its path, for an ocid that no path can hold."""
