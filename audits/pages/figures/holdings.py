"""Number of records by publisher and country, and number of confirmed questions."""

from datetime import date, datetime

from django.db import models
from django.db.models import Count, Max
from django.db.models.functions import ExtractYear
from django.utils.translation import gettext as _
from msgspec import Struct, field

from audits.models import Audit, Flag
from contracts.models import Contract, ContractingProcess
from contracts.models.publisher import EXAMPLES
from contracts.models.stages import DATED


class Publisher(Struct):
    """
    A publisher with the number of its public records. Without a slug: the records that name no publisher.

    ``latest`` is when its last record was loaded, ``newest`` the last date stated in one.
    """

    slug: str | None
    name: str | None
    country: str | None
    licence: str | None
    licence_source: str | None
    source_url: str | None
    records: int
    latest: datetime
    newest: datetime | None
    licence_looked_on: date | None = None


class Holdings(Struct):
    """The public records by publisher, the largest first, and by country."""

    publishers: list[Publisher] = field(default_factory=list)
    countries: dict[str, int] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many records there are."""
        return sum(publisher.records for publisher in self.publishers)

    @property
    def named(self) -> int:
        """Number of named publishers."""
        return sum(publisher.slug is not None for publisher in self.publishers)

    @property
    def has_examples(self) -> bool:
        """Whether some records are made-up examples."""
        return any(publisher.slug == EXAMPLES for publisher in self.publishers)

    @property
    def notice(self) -> str:
        """Notice that some records may be made up, in the reader's language."""
        return _("Some records here are invented examples: none of that happened.") if self.has_examples else ""

    @property
    def latest(self) -> datetime | None:
        """When the last record was loaded."""
        return max((publisher.latest for publisher in self.publishers), default=None)


class Confirmed(Struct):
    """
    Number of published questions that a person confirmed: country → sector of technology → year → number.

    A question may be of several sectors; the sector ``""`` counts each once, and the country ``""`` holds those
    without one. The year is that of the latest dated purchase of the record, 0 if it has none. ``changed`` counts, in
    the same way, those that changed or are no longer raised and were not reviewed since.
    """

    numbers: dict[str, dict[str, dict[int, int]]] = field(default_factory=dict)
    changed: dict[str, dict[str, dict[int, int]]] = field(
        default_factory=dict, name="unsettled"
    )  # stored under its former name

    def number(self, country: str = "", sector: str = "", since: int | None = None) -> int:
        """Return the number of questions, optionally in a country, of a technology (``""``: any), or since a year."""
        return _sum(self.numbers, country, sector, since)

    def changed_number(self, country: str = "", sector: str = "", since: int | None = None) -> int:
        """Return the number of these that changed since they were confirmed."""
        return _sum(self.changed, country, sector, since)


def _sum(numbers: dict[str, dict[str, dict[int, int]]], country: str, sector: str, since: int | None) -> int:
    return sum(
        number
        for code, found in numbers.items()
        if country in ("", code)
        for year, number in found.get(sector, {}).items()
        if since is None or year >= since
    )


def count_holdings() -> Holdings:
    """Count public records."""
    public = ContractingProcess.objects.public().order_by()
    columns = [f"publisher__{name}" for name in Publisher.__struct_fields__[:6]]
    rows = public.values_list(*columns).annotate(records=Count("pk"), latest=Max("compiled_at"), newest=Max("date"))
    rows = rows.annotate(looked_on=Max("publisher__licence_looked_on"))
    publishers = sorted((Publisher(*row) for row in rows), key=lambda publisher: -publisher.records)
    return Holdings(publishers, dict(public.exclude(country="").values_list("country").annotate(Count("pk"))))


def count_confirmed() -> Confirmed:
    """Count confirmed questions that everyone may see."""
    sectors = Audit.objects.filter(is_current=True, process=models.OuterRef("process")).values("sectors")[:1]
    latest = Contract.objects.filter(process=models.OuterRef("process"), date_basis__in=DATED).order_by("-date")
    rows = (
        Flag.objects.public()
        .filter(decision=Flag.State.CONFIRMED)
        .order_by()
        .annotate(
            sectors=models.Subquery(sectors),
            year=models.Subquery(latest.annotate(y=ExtractYear("date")).values("y")[:1]),
        )
        .values_list("country", "sectors", "year")
        .annotate(number=Count("pk"), changed=Count("pk", filter=~models.Q(state=Flag.State.CONFIRMED)))
    )
    counted = Confirmed()
    for country, found, year, *numbers in rows:
        for sector in {"", *(found or ())}:
            for kept, number in zip((counted.numbers, counted.changed), numbers, strict=True):
                by_year = kept.setdefault(country, {}).setdefault(sector, {})
                by_year[year or 0] = by_year.get(year or 0, 0) + number
    return counted
