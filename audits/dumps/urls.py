from django.urls import path

from audits.dumps.views import DumpFileView, DumpView

urlpatterns = [
    path("", DumpView.as_view(), name="dumps"),
    path("<str:dump>/<str:name>", DumpFileView.as_view(), name="dump-file"),
]
