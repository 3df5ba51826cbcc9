"""Addresses of records, except resources with results of audits: see `audits.api.urls`."""

from django.urls import URLPattern, path

from contracts.api.autocomplete import (
    CountriesAutocompleteView,
    OrganizationsAutocompleteView,
    PublishersAutocompleteView,
)
from contracts.api.changelog import ChangelogView, changelog_feed
from contracts.api.documents import DocumentTextView, LinkedDocumentsByOcidView, LinkedDocumentsView
from contracts.api.ocds_packages import RecordPackageByOcidView, RecordPackageView, ReleasePackageView
from contracts.api.problem_codes import ProblemListView
from contracts.api.protocol.list_view import ListView
from contracts.api.protocol.posted import posted
from contracts.api.protocol.views import WrittenListView
from contracts.api.publishers import PublisherDetailView, PublisherListView
from contracts.api.reconciliation.views import FlyoutView, ProposeView, ReconciliationView, SuggestView
from contracts.api.releases import ReleaseListByOcidView, ReleaseListView
from contracts.api.submissions.mappings import TableMappingDetailView, TableMappingListView
from contracts.api.submissions.status import SubmissionView
from contracts.api.submissions.template import TemplateView
from contracts.api.submissions.views import SimpleContractView, SubmissionListView, ValidationView
from contracts.api.usage import UsageView


def in_formats(route: str, view: type[ListView | WrittenListView], name: str) -> list[URLPattern]:
    """Return the addresses of a list: `rules/`, and `rules.csv` for other formats."""
    answer = view.as_view()
    return [path(f"{route}/", answer, name=name), path(f"{route}.<str:format>", answer, name=f"{name}-export")]


def listed(route: str, view: type[ListView], name: str) -> list[URLPattern]:
    """Return the addresses of a list with search by POST: also `contracts/search/` and `contracts/search.csv`."""
    search = posted(view, route).as_view()
    return [
        *in_formats(route, view, name),
        path(f"{route}/search/", search, name=f"{name}-search"),
        path(f"{route}/search.<str:format>", search, name=f"{name}-search-export"),
    ]


urlpatterns = [
    path("contracting-processes/<path:ocid>/releases/", ReleaseListView.as_view(), name="releases"),
    path("contracting-processes/<path:ocid>/documents/", LinkedDocumentsView.as_view(), name="linked-documents"),
    path("contracting-process/releases/", ReleaseListByOcidView.as_view(), name="releases-by-ocid"),
    path("contracting-process/documents/", LinkedDocumentsByOcidView.as_view(), name="linked-documents-by-ocid"),
    path("documents/<sha256:sha256>/text/", DocumentTextView.as_view(), name="document-text"),
    *listed("publishers", PublisherListView, "publishers"),
    path("publishers/<slug:slug>/", PublisherDetailView.as_view(), name="publisher"),
    path("submissions/", SubmissionListView.as_view(), name="submissions"),
    path("submissions/simple-contract/", SimpleContractView.as_view(), name="simple-contract"),
    path("submissions/validate/", ValidationView.as_view(), name="validate"),
    path("submissions/template/", TemplateView.as_view(), name="table-template"),
    path("submissions/<uuid:pk>/", SubmissionView.as_view(), name="submission"),
    path("me/table-mappings/", TableMappingListView.as_view(), name="table-mappings"),
    path("me/table-mappings/<uuid:pk>/", TableMappingDetailView.as_view(), name="table-mapping"),
    path("ocds/releases/", ReleasePackageView.as_view(), name="ocds-releases"),
    path("ocds/records/<ocid:ocid>/", RecordPackageView.as_view(), name="ocds-record"),
    path("ocds/record/", RecordPackageByOcidView.as_view(), name="ocds-record-by-ocid"),
    path("reconcile/", ReconciliationView.as_view(), name="reconcile"),
    *(
        path(f"reconcile/suggest/{kind}/", SuggestView.as_view(kind=kind), name=f"reconcile-suggest-{kind}")
        for kind in ("entity", "type", "property")
    ),
    path("reconcile/extend/propose/", ProposeView.as_view(), name="reconcile-propose"),
    path("reconcile/flyout/", FlyoutView.as_view(), name="reconcile-flyout"),
    path("autocomplete/organizations/", OrganizationsAutocompleteView.as_view(), name="autocomplete-organizations"),
    path("autocomplete/publishers/", PublishersAutocompleteView.as_view(), name="autocomplete-publishers"),
    path("me/usage/", UsageView.as_view(), name="usage"),
    path("changelog/", ChangelogView.as_view(), name="changelog"),
    path("changelog/feed.atom", changelog_feed, name="changelog-feed"),
    path("autocomplete/countries/", CountriesAutocompleteView.as_view(), name="autocomplete-countries"),
    path("problems/", ProblemListView.as_view(), name="problems"),
]
