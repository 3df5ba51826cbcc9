from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from contracts.admin.history import HistoryAdmin
from contracts.models import Publisher


@admin.register(Publisher)
class PublisherAdmin(HistoryAdmin):
    list_display = ["name", "slug", "country", "time_zone", "ocid_prefix"]
    search_fields = ["name", "slug", "ocid_prefix"]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, models.TextField):
            kwargs["widget"] = forms.TextInput(attrs={"class": "vTextField"})
        if isinstance(db_field, models.URLField):
            kwargs["assume_scheme"] = "https"
        return super().formfield_for_dbfield(db_field, request, **kwargs)
