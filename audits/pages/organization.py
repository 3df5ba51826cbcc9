"""The page of an organization: what it bought, supplied and financed, with whom, and the questions about it."""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from msgspec import structs

from audits.matching.organizations.names import NameReader
from audits.matching.reference.files import read_rows
from audits.matching.texts.word_lists import Word, Words
from audits.models import Flag, Reply
from audits.pages.figures.cached_figures import (
    RECORDED,
    Scope,
    currency_of,
    figures_asked,
    figures_of,
    holdings,
    misread_figures,
)
from audits.pages.figures.purchase_figures import Figures
from audits.pages.figures.spending import pictures_of
from audits.pages.figures.sums_in_words import summary
from audits.pages.list_entries import list_entry
from audits.pages.records.flags import LATEST, latest_confirmed, show_flags
from audits.reference.rule_sets import WORDS
from audits.replies import published
from contracts.api.organizations import groups_of, members_of, names_of, redirect_to_kept
from contracts.api.parties import role_of
from contracts.models import Contract, ContractingProcess, Organization, Party
from contracts.models.organization import financed_by
from contracts.models.process import in_public_process
from contracts.models.publisher import EXAMPLES
from contracts.models.stages import COUNTED
from contracts.names.consortia import members_by_name
from contracts.ocds.codelists.codes import BUYER_ROLES
from contracts.pages.display import Rows, country_in_words, first_rows, in_words, whole
from contracts.pages.pictures import Picture, picture_file
from contracts.pages.rendering import EVERYONE, answer, reading_page

# Public bodies by their role; only they buy.
FUNDER = "funder"
BODIES = frozenset({*BUYER_ROLES, FUNDER})
MAX_NAMES = 20
# Prefixes of the picture names of a role; they are part of file addresses.
_PICTURES = {"buyer": "", "supplier": "supplied-", FUNDER: "financed-"}


class Side(NamedTuple):
    """An organization in one role, with the figures and pictures of that role."""

    name: str  # of the role, as in queries
    did: str
    heading: str
    figures: Figures
    pictures: list[Picture]
    asked: str

    @property
    def role(self) -> str:
        return in_words(self.name)

    @property
    def summary(self) -> str:
        return summary(self.figures) if self.figures.purchases or self.figures.cancelled else ""

    @property
    def rows(self) -> str:
        """The query of its purchases."""
        return f"{self.asked}&counted=yes"

    @property
    def questions(self) -> str:
        """The query of the confirmed questions about them."""
        return f"decision={Flag.State.CONFIRMED.value}&{self.asked}"


@reading_page
def page(request: HttpRequest, language: str, pk: int) -> HttpResponse:
    """Show an organization."""
    organization = _public(pk)
    if organization is None:
        return _redirect(request, pk, lambda kept: reverse("organization-page", args=[kept]))
    sides = _sides(organization, currency_of(request.GET))
    flags, body = Flag.objects.public(), Organization.objects.bodies_of([pk])
    about = flags.filter(process__buyer__any_of=body) | flags.of_supplier(body)
    if FUNDER in organization.roles:
        about |= flags.filter(financed_by(body))
    confirmed = latest_confirmed(about)
    return answer(
        request,
        "pages/organization.html",
        language,
        misread=misread_figures(request.GET),
        organization=organization,
        # A leading dash would exclude the word.
        looked_for=" ".join(word.lstrip("-") for word in organization.name.split()),
        title=str(organization),
        country_name=country_in_words(organization.country),
        roles=in_words(*organization.roles),
        names=names_of(pk)[:MAX_NAMES],
        merged=Organization.objects.named_to(EVERYONE).filter(merged_into=pk).order_by("pk"),
        is_unlisted=may_be_a_person(organization),
        sides=sides,
        summed=[side.name for side in sides if side.summary],
        supplied_as=_roles(pk),
        groups=groups_of(pk)[:MAX_NAMES],
        members=members_of(pk)[:MAX_NAMES],
        named_members=members_by_name(organization, EVERYONE),
        here=request.path,
        has_examples=bool(_notice(pk)),
        currency=currency_of(request.GET) or RECORDED,
        recorded=next((side.figures.recorded for side in sides if side.figures.recorded), ""),
        records=None if any(side.figures.purchases for side in sides) else _records(pk, language),
        flags=show_flags(flags.filter(organization__any_of=body).order_by("pk")),
        replies=published(Reply.objects.accepted().filter(organization__any_of=body)),
        confirmed=confirmed,
        confirmed_number=about.filter(decision=Flag.State.CONFIRMED).count() if len(confirmed) == LATEST else 0,
    )


@reading_page
def picture(request: HttpRequest, _language: str, pk: int, name: str, kind: str) -> HttpResponse:
    """Return one picture of the page as a file."""
    organization = _public(pk)
    if organization is None:
        return _redirect(request, pk, lambda kept: reverse("organization-page-picture", args=[kept, name, kind]))
    pictures = [picture for side in _sides(organization, currency_of(request.GET)) for picture in side.pictures]
    of, misread = str(organization), misread_figures(request.GET)
    asked = figures_asked(request.GET)
    return picture_file(request, pictures, name, kind, of=of, notice=_notice(pk), misread=misread, asked=asked)


def _notice(pk: int) -> str:
    """Return the notice for an organization that made-up records name, or ``""``."""
    notice = holdings().notice
    return (
        notice if notice and Party.objects.filter(organization=pk, process__publisher__slug=EXAMPLES).exists() else ""
    )


def _public(pk: int) -> Organization | None:
    """Return an organization of a public record; None if there is none or it was merged into another."""
    return Organization.objects.visible_to(EVERYONE).filter(pk=pk).first()


def _records(pk: int, language: str) -> Rows:
    """Return the public records that name an organization, the latest first."""
    naming = Party.objects.filter(organization=pk).values("process")
    public = ContractingProcess.objects.public().select_related("publisher").defer("compiled_release", "corrections")
    found = first_rows(public.filter(pk__in=naming).order_by("-pk"), MAX_NAMES)
    return Rows([list_entry(process, language) for process in found.shown], found.left_out)


def _redirect(request: HttpRequest, pk: int, address: Callable[[int], str]) -> HttpResponse:
    """Redirect to the page of the organization that this one was merged into; raises Http404 if there is none."""
    return redirect_to_kept(request, pk, EVERYONE, address)


def _sides(organization: Organization, currency: str) -> list[Side]:
    """Return the roles that an organization has, each with its figures. Few organizations finance anything."""
    pk = organization.pk
    sides = [
        _side("buyer", pk, _("Bought:"), _("What it bought"), Scope(buyer=pk, currency=currency)),
        _side("supplier", pk, _("Supplied:"), _("What it supplied"), Scope(supplier=pk, currency=currency)),
    ]
    if FUNDER in organization.roles:
        sides.append(_side(FUNDER, pk, _("Financed:"), _("What it financed"), Scope(funder=pk, currency=currency)))
    return [side for side in sides if side.summary or side.name in organization.roles]


def _side(name: str, pk: int, did: str, heading: str, scope: Scope) -> Side:
    figures, before = figures_of(scope), _PICTURES[name]
    found = pictures_of(figures, buyers=not scope.buyer, suppliers=not scope.supplier) if figures.purchases else []
    pictures = [structs.replace(picture, name=f"{before}{picture.name}") for picture in found]
    return Side(name, did, heading, figures, pictures, f"{name}={pk}")


def may_be_a_person(organization: Organization) -> bool:
    """Return whether a name may be that of a natural person: not a public body, and without a company form."""
    if BODIES.intersection(organization.roles):
        return False
    forms = _names().forms(organization.name)
    return forms.core == forms.whole and not forms.consortium


def _roles(pk: int) -> list[str]:
    """Return, by role, how many contracts an organization shared; empty if it never shared one."""
    counted = Contract.objects.filter(COUNTED, in_public_process(), suppliers__contains=[pk]).order_by()
    counted = counted.annotate(role=role_of(pk))
    numbers = dict(counted.values_list("role").annotate(Count("pk")))
    if numbers.keys() <= {Contract.SupplierRole.SOLE, None}:
        return []
    return [
        _("%(role)s: %(number)s") % {"role": role.label, "number": whole(numbers[role])}
        for role in Contract.SupplierRole
        if role in numbers
    ]


@cache
def _names() -> NameReader:
    return NameReader(Words(read_rows(WORDS, Word)))
