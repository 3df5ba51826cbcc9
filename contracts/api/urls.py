from django.urls import path

from contracts.api.contracts import ContractListView
from contracts.api.organizations import OrganizationDetailView, OrganizationListView
from contracts.api.processes import ProcessDetailView, ProcessListView, ReleaseListView
from contracts.api.reference import ProblemListView

# An ocid may hold a slash, which servers hand over decoded.
urlpatterns = [
    path("contracting-processes/", ProcessListView.as_view(), name="contracting-processes"),
    path("contracting-processes/<path:ocid>/releases/", ReleaseListView.as_view(), name="releases"),
    path("contracting-processes/<path:ocid>/", ProcessDetailView.as_view(), name="contracting-process"),
    path("contracts/", ContractListView.as_view(), name="contracts"),
    path("organizations/", OrganizationListView.as_view(), name="organizations"),
    path("organizations/<int:pk>/", OrganizationDetailView.as_view(), name="organization"),
    path("problems/", ProblemListView.as_view(), name="problems"),
]
