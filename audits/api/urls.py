"""Addresses of audits, and of those resources of records whose responses contain results of audits."""

from typing import Any

from django.urls import path

from audits.api.changes import ChangeListView
from audits.api.columns import DictionaryView
from audits.api.contract_sums import ContractSumsView
from audits.api.contracts import AuditedContractDetailView, AuditedContractListView
from audits.api.coverage import PublisherCoverageView
from audits.api.decision_logs import DecisionLogsView
from audits.api.flags import FlagDetailView, FlagListView
from audits.api.for_people import leads_to
from audits.api.guide import guide
from audits.api.index import IndexView
from audits.api.lists import ListDetailView, ListListView, RuleSetListView
from audits.api.organizations import AuditedOrganizationDetailView
from audits.api.processes import AuditedProcessByOcidView, AuditedProcessDetailView, AuditedProcessListView
from audits.api.rules import RuleDetailView, RuleListView, RulesAutocompleteView
from audits.api.stats import StatsView
from contracts.api.organizations import OrganizationListView
from contracts.api.protocol.views import DetailView
from contracts.api.urls import in_formats, listed


def of_process(view: type[DetailView]) -> Any:
    """Return a view of a process, or of a part of it, that redirects people to the page of the process."""
    return leads_to("process-page-by-ocid", view.as_view())


urlpatterns = [
    # Lists first, because they are requested most and routes are tried in order.
    *listed("contracts", AuditedContractListView, "contracts"),
    *in_formats("contracts/sums", ContractSumsView, "contract-sums"),
    *listed("contracting-processes", AuditedProcessListView, "contracting-processes"),
    *listed("flags", FlagListView, "flags"),
    *listed("organizations", OrganizationListView, "organizations"),
    path("guide/", guide, name="guide"),
    path("dictionary/", DictionaryView.as_view(), name="dictionary"),
    *in_formats("changes", ChangeListView, "changes"),
    path("", IndexView.as_view(), name="api"),
    path("contracting-processes/<ocid:ocid>/", of_process(AuditedProcessDetailView), name="contracting-process"),
    path("contracting-process/", of_process(AuditedProcessByOcidView), name="process-by-ocid"),
    path("contract/", of_process(AuditedContractDetailView), name="contract"),
    path("flags/<int:pk>/", leads_to("flag-page", FlagDetailView.as_view()), name="flag"),
    path(
        "organizations/<int:pk>/",
        leads_to("organization-page", AuditedOrganizationDetailView.as_view()),
        name="organization",
    ),
    path("publishers/<slug:slug>/coverage/", PublisherCoverageView.as_view(), name="publisher-coverage"),
    path("autocomplete/rules/", RulesAutocompleteView.as_view(), name="autocomplete-rules"),
    *in_formats("rules", RuleListView, "rules"),
    path("rules/<str:code>/", RuleDetailView.as_view(), name="rule"),
    *in_formats("lists", ListListView, "lists"),
    *in_formats("lists/<slug:code>", ListDetailView, "list"),
    *in_formats("rule-sets", RuleSetListView, "rule-sets"),
    path("stats/", StatsView.as_view(), name="stats"),
    path("decision-logs/", DecisionLogsView.as_view(), name="decision-logs"),
]
