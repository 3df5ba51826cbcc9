"""Contracts, by what the audits of their processes found."""

from audits.api.sectors import SectorFilter
from contracts.api.contracts import ContractFilter, ContractListView


class AuditedContractFilter(ContractFilter):
    sector = SectorFilter("process")


class AuditedContractListView(ContractListView):
    """List contracts: what was signed, and active awards without a contract."""

    filterset_class = AuditedContractFilter
