"""Addresses of the form."""

from django.urls import path

from contracts.pages.sending import views
from contracts.pages.sending.proofs import proof
from contracts.pages.sending.table_page import table

urlpatterns = [
    path("", views.form, name="submit"),
    path("table/", table, name="submit-table"),
    path("proof/", proof, name="submit-proof"),
    path("status/", views.status, name="submit-status"),
]
