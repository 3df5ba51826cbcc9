"""Pages that show rows and change none."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from contracts.admin.paging import CappedPaginator

STYLE = "contracts/admin.css"


class ListAdmin(admin.ModelAdmin):
    """A list that stays fast at any length."""

    list_per_page = 50
    list_max_show_all = 0
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = CappedPaginator

    class Media:
        css = {"all": [STYLE]}


class ReadOnlyAdmin(ListAdmin):
    """Nobody adds, changes or deletes these rows here, not even a superuser."""

    actions = None
    change_form_template = "admin/contracts/read_only.html"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002  -- Django's signature
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False
