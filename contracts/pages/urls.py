"""Addresses of the form."""

from django.urls import path

from contracts.pages.sending import views

urlpatterns = [
    path("", views.form, name="submit"),
    path("table/", views.table, name="submit-table"),
    path("status/", views.status, name="submit-status"),
]
