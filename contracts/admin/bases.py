"""What the pages of the admin have in common: lists, pages of rows, searches, and rows that are only read."""

from collections.abc import Callable
from contextlib import nullcontext
from http import HTTPStatus
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import SEARCH_VAR
from django.contrib.admin.widgets import AdminSplitDateTime
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError, models
from django.db.models import QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.forms import SplitDateTimeField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from contracts.admin.paging import CappedPaginator
from contracts.api.protocol.problems import RETRY_SECONDS
from contracts.models import ContractingProcess
from contracts.pages.display import admin_url
from contracts.postgres.search import bounded, with_words
from contracts.postgres.search_terms import MAX_WORDS
from contracts.postgres.time_limits import MAX_SECONDS, statement_timeout, was_stopped

STYLE = "contracts/admin.css"


class LabelledMoment(AdminSplitDateTime):
    """A day and a time, each with a name that is read out: Django labels neither."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        for widget, name in zip(self.widgets, (_lazy("Date"), _lazy("Time")), strict=True):
            widget.attrs["aria-label"] = name


class ListAdmin(admin.ModelAdmin):
    """
    A list that stays fast at any length.

    Rows are kept unless ``is_kept`` is false: what was decided by them must stay explicable. They are switched off, or
    ended by an action of the list, which may be their only change (``is_fixed``).
    """

    is_kept = True
    is_fixed = False
    list_per_page = 50
    list_max_show_all = 0
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = CappedPaginator
    formfield_overrides = {models.DateTimeField: {"form_class": SplitDateTimeField, "widget": LabelledMoment}}

    class Media:
        css = {"all": [STYLE]}

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not (self.is_fixed and obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not self.is_kept and super().has_delete_permission(request, obj)

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any], *where: Any) -> Any:
        """Do what was chosen for the rows ticked, unless one of them is no key of a row: Django fails at such."""
        if all(map(self._may_be_key, request.POST.getlist(ACTION_CHECKBOX_NAME))):
            return super().response_action(request, queryset, *where)
        self.message_user(
            request, _("The selection contains none of these rows; nothing was changed."), messages.ERROR
        )
        return None

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Return what an address wants filled in, without moments: Django would take their text for one, and fail."""
        moments = {field.name for field in self.opts.fields if isinstance(field, models.DateTimeField)}
        filled = super().get_changeform_initial_data(request)
        return {name: value for name, value in filled.items() if name not in moments}

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Let an address filter by the list's own columns, but bytes and arrays, at whose text PostgreSQL fails."""
        name = lookup.partition(LOOKUP_SEP)[0]
        unasked = {field.name for field in self.opts.fields if isinstance(field, models.BinaryField | ArrayField)}
        return name not in unasked and super().lookup_allowed(lookup, value, request)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Return the list that is asked for; a year that no date has is a filter that says nothing."""
        try:
            return super().get_changelist_instance(request)
        except OverflowError as error:
            raise IncorrectLookupParameters(error) from error

    def answer(
        self,
        request: HttpRequest,
        template: str,
        title: Any,
        *,
        status: int = 200,
        headers: dict[str, Any] | None = None,
        **context: Any,
    ) -> TemplateResponse:
        """Answer with a page of ours among Django's, which has the whole width and the media of its ``form``."""
        request.current_app = self.admin_site.name
        shared = {**self.admin_site.each_context(request), "is_nav_sidebar_enabled": False}
        form = context.get("form")
        own = {"title": title, "opts": self.opts, "media": self.media + form.media if form else self.media, **context}
        return TemplateResponse(request, template, {**shared, **own}, status=status, headers=headers)

    def _may_be_key(self, text: str) -> bool:
        try:
            self.opts.pk.to_python(text)
        except ValidationError:
            return False
        return "\0" not in text


class PageAdmin(ListAdmin):
    """Rows whose pages show more than their fields, or take a decision on them by a form of their own."""

    def page_of(self, request: HttpRequest, row: Any) -> dict[str, Any] | HttpResponse:
        """Return what the page of a row shows beside it, or where a form that was sent leads."""
        raise NotImplementedError

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        is_shown = row is not None and self.has_view_permission(request, row)
        shown = self.page_of(request, row) if is_shown else {}
        if isinstance(shown, HttpResponse):
            return shown
        if "form" in shown:
            request.method = "GET"  # or Django's own page reads the request as the form of the model
        return super().change_view(request, object_id, form_url, shown | (extra_context or {}))

    def decide(
        self, request: HttpRequest, row: Any, form: Any, decided: Callable[[dict[str, Any]], Any], message: str = ""
    ) -> HttpResponse | None:
        """
        Store the decision on a row that was sent, and lead to its page.

        ``None`` if none was sent, or the form says why it cannot be stored.

        :param decided: stores what the form gives and returns the decision; raises ValidationError
        :raises PermissionDenied: if the reader may not decide on such rows
        """
        if request.method != "POST":
            return None
        if not self.has_decide_permission(request):
            raise PermissionDenied
        if not form.is_valid():
            return None
        try:
            decision = decided(form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error.messages)
            return None
        message = message or _("The decision is stored: %(kind)s.")
        self.message_user(request, message % {"kind": decision.get_kind_display()}, messages.SUCCESS)
        return HttpResponseRedirect(admin_url(type(row), row.pk))

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")


class SearchedAdmin(ListAdmin):
    """
    A list that is searched by words, as in the API.

    ``search_paths`` are where the words are, see ``with_words``; that ``search_fields`` is not empty shows the form.
    ``ocid_field`` is where the ocid of a row is: a whole one finds nothing else, though its words stand elsewhere too.
    """

    search_paths: tuple[str, ...] = ("",)
    ocid_field = ""

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not search_term:
            return queryset, False
        ocid = search_term.strip()
        if self.ocid_field and ContractingProcess.objects.filter(ocid=ocid).exists():
            return queryset.filter(**{self.ocid_field: ocid}), False
        if len(search_term.split()) > MAX_WORDS:
            messages.warning(request, _("Only the first %(limit)d words were searched for.") % {"limit": MAX_WORDS})
        with bounded() as bounds:
            found = with_words(queryset, search_term, *self.search_paths, visible={"": self.get_queryset(request)})
        if bounds.among is not None:
            text = _(
                "Very many rows contain these words: only the newest %(number)d were searched. Use "
                "filters to find others."
            )
            messages.warning(request, text % {"number": bounds.among})
        return found, False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Answer with the list, or say that the search takes too long (503)."""
        try:
            with statement_timeout(MAX_SECONDS) if SEARCH_VAR in request.GET else nullcontext():
                response = super().changelist_view(request, extra_context)
                # The rows are read where they are written.
                return response.render() if hasattr(response, "render") else response
        except OperationalError as error:
            if not was_stopped(error):
                raise
            return self.answer(
                request,
                "admin/contracts/too_slow.html",
                _("The search took too long"),
                status=HTTPStatus.SERVICE_UNAVAILABLE,
                headers={"Retry-After": str(RETRY_SECONDS)},
            )


class ReadOnlyAdmin(ListAdmin):
    """Nobody adds or changes these rows here, not even a superuser."""

    actions: Any = None
    sortable_by = ()
    change_form_template = "admin/contracts/read_only.html"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002  -- Django's signature
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False
