"""Columns of the present audit of a row."""

from typing import ClassVar

from django.db.models import OuterRef, Subquery

from audits.models import Audit
from contracts.postgres.steady import steady


class OfPresentAudit:
    """Mixed into a field that shows a column of the present audit of a row: of a process, or of another subject."""

    column: ClassVar[str]
    subject: ClassVar = "process"

    @steady
    def expression(self, _source: str) -> Subquery:
        audits = Audit.objects.filter(**{self.subject: OuterRef("pk")}, is_current=True)
        return Subquery(audits.values(self.column)[:1])
