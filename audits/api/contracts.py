"""Contracts with the flags that cite them, and filters by the audits of their processes."""

from typing import Any

from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat, JSONObject
from rest_framework import serializers

from audits.api.flagged import FlaggedPassages, by_flag_state, by_rule
from audits.api.includes import evidence_of, flags_of
from audits.api.sectors import SectorFilter, each_sector, sectors_of
from audits.api.visible_flags import AskedOfFlags, FlagsInWords
from audits.models import Flag
from contracts.api.contracts import ContractDetail, ContractDetailView, ContractFilter, ContractListView, ContractRow
from contracts.api.converting import ConvertedRow
from contracts.api.parties import parties_of
from contracts.api.protocol.rows.cited import ListedCite
from contracts.api.protocol.rows.columns import objects
from contracts.api.protocol.rows.including import Included
from contracts.models import Award, Contract
from contracts.postgres.steady import steady


class CitingFlag(serializers.Serializer):
    id = serializers.IntegerField()
    rule = serializers.CharField()
    state = serializers.CharField()


class CitingFlags(FlagsInWords):
    """The flags that cite a contract or its award (see ``citing``) and that the reader may see."""

    child = CitingFlag()
    in_words = "{rule} {state} ({id})"
    description = "Those that you may see and that cite it, or its award; of a record with one contract, all."

    @steady
    def expression(self, _source: str) -> Coalesce:
        # A subquery per row: selecting the processes with flags first would read all flags for one page.
        rows = citing(self.visible).order_by("pk").values(json=JSONObject(id="pk", rule="rule", state="state"))
        return objects(rows)


def citing(flags: QuerySet[Flag]) -> QuerySet[Flag]:
    """
    Return the flags that cite the contract of a row, or its award.

    If a record has only one contract, all flags on the record are about it.
    """
    others = Contract.objects.filter(process=OuterRef(OuterRef("process"))).exclude(pk=OuterRef(OuterRef("pk")))
    award = Award.objects.filter(process=OuterRef(OuterRef("process")), award_id=OuterRef(OuterRef("award_id")))
    return flags.filter(process=OuterRef("process")).filter(
        Q(_cites(OuterRef("path")))
        | Q(_cites(Subquery(award.exclude(award_id="").values("path")[:1])))
        | ~Exists(others)
    )


def _cites(path: Any) -> Func:
    """Return the condition that a flag's evidence lies at or below a path of the record."""
    return Func(
        F("evidence"),
        Value("$[*].path ? (@ == $place || @ starts with $inside)"),
        Func(
            Value("place"),
            path,
            Value("inside"),
            Concat(path, Value("/"), output_field=models.TextField()),
            function="jsonb_build_object",
        ),
        template="jsonb_path_exists(%(expressions)s)",
        output_field=models.BooleanField(),
    )


class AuditedContractRow(ContractRow):
    flags = CitingFlags()


class ListedContract(AuditedContractRow, ConvertedRow):
    cite = ListedCite()
    included = Included()


class AuditedContractFilter(ContractFilter):
    sector = SectorFilter("process")
    rule = by_rule("process")
    flag_state = by_flag_state("process")
    q__evidence = FlaggedPassages("process")


class AuditedContractListView(AskedOfFlags, ContractListView):
    __doc__ = ContractListView.__doc__

    serializer_class = ListedContract
    filterset_class = AuditedContractFilter
    facets = {**ContractListView.facets, "sector": each_sector("process")}
    includes = {
        **ContractListView.includes,
        "parties": parties_of("process"),
        "flags": flags_of(citing),
        "evidence": evidence_of(citing),
        "sectors": sectors_of("process"),
    }


class AuditedContractDetail(AuditedContractRow, ContractDetail):
    """A contract, the flags that cite it, and how to cite it."""


class AuditedContractDetailView(ContractDetailView):
    serializer_class = AuditedContractDetail

    __doc__ = ContractDetailView.__doc__
