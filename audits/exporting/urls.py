from django.urls import path

from audits.exporting.api import ExportCountView, ExportFileView, ExportListView, ExportView

urlpatterns = [
    path("", ExportListView.as_view(), name="exports"),
    path("count/", ExportCountView.as_view(), name="exports-count"),
    path("<uuid:pk>/", ExportView.as_view(), name="export"),
    path("<uuid:pk>/file/", ExportFileView.as_view(), name="export-file"),
]
