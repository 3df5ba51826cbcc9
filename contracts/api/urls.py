"""Addresses of what was published. What audits look at stands in `audits.api.urls`, with what they found."""

from django.urls import path

from contracts.api.organizations import OrganizationListView
from contracts.api.problem_codes import ProblemListView
from contracts.api.processes import ReleaseListByOcidView, ReleaseListView
from contracts.api.publishers import PublisherDetailView, PublisherListView
from contracts.api.submissions.views import SimpleContractView, SubmissionListView, SubmissionView, ValidationView

urlpatterns = [
    # An ocid may hold a slash, which servers hand over decoded.
    path("contracting-processes/<path:ocid>/releases/", ReleaseListView.as_view(), name="releases"),
    path("contracting-process/releases/", ReleaseListByOcidView.as_view(), name="releases-by-ocid"),
    path("organizations/", OrganizationListView.as_view(), name="organizations"),
    path("publishers/", PublisherListView.as_view(), name="publishers"),
    path("publishers/<slug:slug>/", PublisherDetailView.as_view(), name="publisher"),
    path("submissions/", SubmissionListView.as_view(), name="submissions"),
    path("submissions/simple-contract/", SimpleContractView.as_view(), name="simple-contract"),
    path("submissions/validate/", ValidationView.as_view(), name="validate"),
    path("submissions/<uuid:pk>/", SubmissionView.as_view(), name="submission"),
    path("problems/", ProblemListView.as_view(), name="problems"),
]
