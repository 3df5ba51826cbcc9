from django.contrib import admin
from django.urls import path

from audits.admin.summaries import account

urlpatterns = [
    path("admin/summary/", admin.site.admin_view(account.page), name="summary"),
    # Outside of the admin: it works without signing in.
    path("summary/stop/<str:token>/", account.stop, name="summary-stop"),
]
