"""One row of the list of flags, with two lines per cell: the question, the contract, and the assignee."""

from math import prod
from typing import Any

from django.contrib import admin
from django.db.models import Case, Count, F, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from audits.admin.queue.filters import CauseFilter
from audits.models import Flag, FlagNote, Lease, Review
from audits.models.priority import HALF_LIFE_DAYS
from audits.pages.labels import sentence
from audits.reports.rule_health import context_rules
from audits.triage import first_confirmations
from contracts.admin.bases import ListAdmin
from contracts.models import ContractingProcess, Organization
from contracts.models.process import called
from contracts.pages.display import MAX_SUPPLIERS, admin_url, amount, names, process_provenance

# The columns read for a row, without those of documents.
COLUMNS = (
    *("rule", "severity", "sentence", "values", "raised_at", "state", "country", "cause", "weights", "priority"),
    *("process", "organization"),
)
SUBJECT_COLUMNS = (
    *("process__ocid", "process__title", "process__description", "process__buyer_name", "process__verification"),
    "process__supplier_names",
    *("process__amount", "process__currency", "process__publisher__slug"),
    *("process__signed_on", "process__awarded_on", "process__date"),
    *("organization__name", "organization__key"),
)
# After these decisions a flag is new again, or still.
_LEFT_OPEN = {
    Review.Decision.REOPENED.value: gettext_lazy("reopened"),
    Review.Decision.RAISED.value: gettext_lazy("raised by hand"),
}
# Maximum number of other questions of a contract shown in its row.
MAX_CHIPS = 2


def with_people(flags: QuerySet[Flag], reader: Any) -> QuerySet[Flag]:
    """Return the rows of a page with assignees, viewers and notes, so that two people do not do the same work."""
    first = first_confirmations().filter(flag=OuterRef("pk"))
    is_first = When(state=Flag.State.FIRST_CONFIRMATION, then=Subquery(_last_name(first, "reviewer")))
    opened = Lease.objects.filter(flag=OuterRef("pk"), until__gte=Now()).exclude(holder=reader.pk)
    notes = FlagNote.objects.filter(flag=OuterRef("pk")).order_by().values("flag").annotate(number=Count("pk"))
    reviews = Review.objects.filter(flag=OuterRef("pk")).order_by("-pk")
    return flags.annotate(
        last_decision=Subquery(reviews.values("decision")[:1]),
        noted=Subquery(notes.values("number")),
        first_person=Case(is_first),
        assigned_to=F("assignee__username"),
        opened_by=Subquery(_last_name(opened, "holder")),
    )


def _last_name(rows: QuerySet[Any], person: str) -> QuerySet[Any]:
    return rows.order_by("-pk").values(f"{person}__username")[:1]


class FlagColumns(ListAdmin):
    """The columns of the list of flags."""

    list_display = ["severity_mark", "question", "buyer", "supplier", "state_written"]
    # A row has several links: its question, and those beside it.
    list_display_links = None

    @admin.display(description=gettext_lazy("severity"))
    def severity_mark(self, flag: Any) -> SafeString:
        """Show the severity of a question, the number of identical ones, and its weight in the queue."""
        times = _times(flag)
        alike = format_html('<a href="?{}={}">{}</a> ', CauseFilter.parameter_name, flag.cause, times.strip())
        return format_html(
            '<span class="mark {}">{}</span><div class="alike">{}{}</div>',
            flag.severity,
            flag.get_severity_display(),
            alike if times else "",
            _weight(flag),
        )

    @admin.display(description=gettext_lazy("question"))
    def question(self, flag: Any) -> SafeString:
        """Show the subject of a row, its main question, and chips for the others."""
        process = flag.process  # its items would need a query per row
        subject = called(process.title, [process.description], process.ocid) if process else str(flag.organization)
        share = context_rules().get(flag.rule)
        common = "" if share is None else _("common here: %(share)d %%") % {"share": round(share * 100)}
        chips = format_html_join(
            "",
            '<a href="{}" class="chip mark {}">{} {}{}</a> ',
            (
                (other.href, other.severity, other.rule, other.get_severity_display(), _times(other))
                for other in flag.beside[:MAX_CHIPS]
            ),
        )
        more = len(flag.beside) - MAX_CHIPS
        return format_html(
            '<a href="{}" class="line subject">{}</a><span class="line"><span class="code">{}</span> {}{}{}{}</span>',
            flag.href,
            subject,
            flag.rule,
            chips,
            f"+{more} " if more > 0 else "",
            format_html('<span class="quiet">{}</span> ', common) if common else "",
            sentence(flag),
        )

    @admin.display(description=gettext_lazy("buyer"))
    def buyer(self, flag: Flag) -> SafeString:
        """Show buyer, amount, year and country; for a question about an organization, its name."""
        process = flag.process
        name = process.buyer_name if process else str(flag.organization)
        worth = amount(process.amount, process.currency) if process else ""
        dated = (process.signed_on or process.awarded_on or process.date) if process else None
        days = (timezone.now() - flag.raised_at).days
        age = ngettext("%(number)d day", "%(number)d days", days) % {"number": days}
        facts = " · ".join(fact for fact in (worth, str(dated.year) if dated else "", flag.country, age) if fact)
        return format_html('<span class="line">{}</span><span class="line quiet">{}</span>', name or "–", facts)

    @admin.display(description=gettext_lazy("supplier"))
    def supplier(self, flag: Flag) -> SafeString:
        """Show the supplier and the source of the record."""
        process = flag.process
        if process is None:
            address, name = admin_url(Organization, flag.organization_id), _("organization")
            suppliers, provenance = "", ""
        else:
            address, name = admin_url(ContractingProcess, process.pk), process.ocid
            suppliers = names(process.supplier_names, MAX_SUPPLIERS)
            provenance = process_provenance(process)
        return format_html(
            '<span class="line">{}</span><span class="line quiet"><a href="{}">{}</a>{}</span>',
            f"→ {suppliers}" if suppliers else "–",
            address,
            name,
            f" · {provenance}" if provenance else "",
        )

    @admin.display(description=gettext_lazy("state"))
    def state_written(self, flag: Any) -> SafeString:
        """Show the state of a question and its assignee. "New" is only for screen readers."""
        is_new = flag.state == Flag.State.NEW
        again = _LEFT_OPEN.get(flag.last_decision) if is_new else None
        people = [flag.first_person or "", flag.assigned_to or ""]
        if flag.opened_by:
            people.append(_("open: %(name)s") % {"name": flag.opened_by})
        if flag.noted:
            people.append(ngettext("%(number)d note", "%(number)d notes", flag.noted) % {"number": flag.noted})
        return format_html(
            '<span class="{}">{}</span><div class="line quiet">{}</div>',
            "visually-hidden" if is_new and not again else f"state {flag.state}",
            again or flag.get_state_display(),
            " · ".join(filter(None, people)),
        )


def _weight(flag: Flag) -> SafeString:
    """Show the product by which the queue is ordered, and its factors."""
    days = (timezone.now() - flag.raised_at).total_seconds() / 86400
    factors = [
        (_("severity"), flag.weights.get("severity", 1)),
        (_("value"), flag.weights.get("value", 1)),
        (_("newness"), 2 ** (-days / HALF_LIFE_DAYS)),
        (_("precision"), flag.weights.get("precision", 1)),
    ]
    parts = [(name, _factor(float(factor))) for name, factor in factors]
    return format_html(
        '<details class="weight"><summary aria-label="{} {}">{}</summary>{}</details>',
        _("weight"),
        *[_factor(prod(float(factor) for _name, factor in factors))] * 2,
        format_html_join("", "<div>{} ×{}</div>", parts),
    )


def _times(flag: Any) -> str:
    """Return the number of identical questions that a flag represents, ``""`` if only itself."""
    alike = getattr(flag, "alike", None) or 1
    return f" ×{alike}" if alike > 1 else ""


def _factor(number: float) -> str:
    places = 2 if number < 10 else 0
    return number_format(round(number, places), decimal_pos=places)
