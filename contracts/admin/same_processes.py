"""The queue of processes that may be published twice: both side by side, and the decisions of leads."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.admin.columns import column
from contracts.admin.pairs import PairAdmin, PairCountryFilter, PairStateFilter
from contracts.admin.processes import DOCUMENTS
from contracts.decisions.same_processes import decide_process
from contracts.models import Contract, ContractingProcess, SameProcess
from contracts.pages.display import admin_link, admin_url, amount, day, first_rows, in_words, names, process_provenance

MAX_CONTRACTS = 20
MOVED_ON = "moved_on"


def _agreement(pair: SameProcess) -> str:
    """Return what the two agree in, and that amounts differ: sums will have those of the one that counts."""
    told = [str(SameProcess.Agreement(code).label) for code in pair.agrees_in]
    return "; ".join(told if pair.is_of_one_amount else [*told, _("amounts differ")])


class ProcessStateFilter(PairStateFilter):
    """States, and pairs whose records changed since one of them counts for the other."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*super().lookups(request, model_admin), (MOVED_ON, gettext_lazy("the same, and changed since"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[SameProcess]) -> QuerySet[SameProcess]:
        if self.value() == MOVED_ON:
            return queryset & SameProcess.objects.moved_on()
        return super().queryset(request, queryset)


@admin.register(SameProcess)
class SameProcessAdmin(PairAdmin):
    list_display = ["__str__", "title_of", "value", "agrees", "state_label", "decided_by"]
    list_select_related = ["one__publisher", "other__publisher", "decision__decided_by"]
    list_filter = [ProcessStateFilter, PairCountryFilter]
    ordering = ["-pk"]
    change_form_template = "admin/contracts/sameprocess/change_form.html"
    append_decision = decide_process
    question = gettext_lazy("Is it published twice?")
    kept_help = gettext_lazy(
        "If they are the same: which of the two counts in sums. The other one stays as its "
        "publisher has it, and links to this one."
    )
    decided = gettext_lazy("The decision is stored: %(kind)s. Sums of pages, and questions, follow within minutes.")
    title_of = column(gettext_lazy("title"), lambda pair: pair.one.called[:120])
    value = column(gettext_lazy("value"), lambda pair: amount(pair.one.amount, pair.one.currency))
    agrees = column(gettext_lazy("what they agree in"), _agreement)
    shared = column(gettext_lazy("contracts in both"), lambda pair: pair.contracts)
    is_found_written = column(
        gettext_lazy("still alike"), lambda pair: _("yes") if pair.is_found else _("no: a record changed since")
    )

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        changed = {
            "number": SameProcess.objects.moved_on().count(),
            "href": f"?{ProcessStateFilter.parameter_name}={MOVED_ON}",
        }
        return super().changelist_view(request, {"moved_on": changed, **(extra_context or {})})

    def get_queryset(self, request: HttpRequest) -> QuerySet[SameProcess]:
        heavy = (f"{side}__{name}" for side in ("one", "other") for name in DOCUMENTS)
        return super().get_queryset(request).defer(*heavy)

    def get_fields(self, request: HttpRequest, obj: SameProcess | None = None) -> Any:  # noqa: ARG002
        return ["state_label", "agrees", "shared", "is_found_written"]

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002  -- Django's signature
        return False

    def may_be_kept(self, pair: SameProcess) -> QuerySet[ContractingProcess]:
        return ContractingProcess.objects.filter(pk__in=pair.may_be_kept).defer(*DOCUMENTS)

    def name_of(self, row: ContractingProcess) -> str:
        return row.ocid

    def side(self, pk: int) -> dict[str, Any]:
        process = ContractingProcess.objects.defer(*DOCUMENTS).select_related("publisher", "same_as").get(pk=pk)
        contracts = first_rows(Contract.objects.filter(process=pk).order_by("pk"), MAX_CONTRACTS)
        return {
            "row": process,
            "href": admin_url(ContractingProcess, pk),
            "provenance": process_provenance(process),
            "method": in_words(process.procurement_method),
            "same_as": admin_link(ContractingProcess, process.same_as_id, process.same_as),
            "contracts": contracts._replace(
                shown=[
                    {
                        "row": contract,
                        "amount": amount(contract.amount, contract.currency),
                        "day": day(contract.date),
                        "suppliers": names(contract.supplier_names),
                    }
                    for contract in contracts.shown
                ]
            ),
        }
