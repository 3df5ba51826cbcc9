"""Addresses of the form."""

from django.urls import path

from contracts.pages.sending import views

urlpatterns = [
    path("", views.form, name="submit"),
    path("status/", views.status, name="submit-status"),
]
