"""Figures of purchases, as pages draw and tabulate them and as the cache stores them."""

from datetime import date
from decimal import Decimal

from msgspec import Struct, field

RANKED = 10
# Number of suppliers drawn separately in the picture over the years; the rest are summed.
OVER_YEARS = 5


class Ranked(Struct):
    """
    An organization, the number of its purchases, and their amount in the currency of the figures.

    Without an ``id`` it is a region of buyers, as most records spell it. ``priced``: how many purchases have an
    amount.
    """

    name: str
    purchases: int
    priced: int
    amount: Decimal
    id: int | None = None


class Place(Struct):
    """The coordinates of a buyer's purchases, in degrees."""

    buyer: str
    latitude: float
    longitude: float
    purchases: int


class Figures(Struct):
    """
    Figures of some purchases. Years are those of the purchases; 0 stands for purchases without a date.

    ``cancelled``: contracts that are no purchases, for they were cancelled; ``twice``: those that another record
    counts for, as people decided; ``perhaps_twice``: how many purchases count twice if all that was found so is;
    ``currencies``: currency → (purchases, amount); ``dollars``: (purchases, amount) of all that have a rate;
    ``spent``: year → amount in ``currency``, of ``counted`` purchases, converted if ``is_converted``; ``priced``: year
    → how many of these; ``shares``: supplier → year → amount; ``concentration``: year → Herfindahl-Hirschman index of
    the suppliers' amounts, 0 to 1; ``methods``: method → processes, each once; ``direct``: year → (processes direct or
    limited, processes whose method is known), of the ``by_year`` that have purchases in it;
    ``with_supplier`` and ``with_buyer``: the purchases that name one; ``financed_number``, ``regional``, ``placed``:
    those of which a financier is known, the region of the buyer, and a point. Of one supplier: ``partners`` supplied
    ``together`` purchases with it, whose amounts are parts. ``counted_on``: the day of figures that are kept.
    """

    purchases: int = 0
    cancelled: int = 0
    twice: int = 0
    perhaps_twice: int = 0
    years: dict[int, int] = field(default_factory=dict)
    valued: int = 0
    currencies: dict[str, tuple[int, Decimal]] = field(default_factory=dict)
    dollars: tuple[int, Decimal] = (0, Decimal())
    currency: str = ""
    is_converted: bool = False
    counted: int = 0
    spent: dict[int, Decimal] = field(default_factory=dict)
    priced: dict[int, int] = field(default_factory=dict)
    suppliers: list[Ranked] = field(default_factory=list)
    supplier_number: int = 0
    with_supplier: int = 0
    buyers: list[Ranked] = field(default_factory=list)
    buyer_number: int = 0
    with_buyer: int = 0
    methods: dict[str, int] = field(default_factory=dict)
    direct: dict[int, tuple[int, int]] = field(default_factory=dict)
    by_year: dict[int, int] = field(default_factory=dict)
    shares: dict[str, dict[int, Decimal]] = field(default_factory=dict)
    concentration: dict[int, float] = field(default_factory=dict)
    financed: list[tuple[str, str, str, Decimal]] = field(default_factory=list)
    financed_number: int = 0
    flow_number: int = 0
    regions: list[Ranked] = field(default_factory=list)
    region_number: int = 0
    regional: int = 0
    places: list[Place] = field(default_factory=list)
    place_number: int = 0
    placed: int = 0
    partners: list[Ranked] = field(default_factory=list)
    partner_number: int = 0
    together: int = 0
    counted_on: date | None = None

    def __post_init__(self) -> None:
        """Restore the order of members, which JSON in the database does not keep."""
        self.sort()

    def sort(self) -> None:
        """Put currencies and methods of most purchases first, and suppliers of the largest sums."""
        self.currencies = dict(sorted(self.currencies.items(), key=lambda item: (-item[1][0], item[0])))
        self.methods = dict(sorted(self.methods.items(), key=lambda item: (-item[1], item[0])))
        places = {supplier.name: place for place, supplier in enumerate(self.suppliers)}
        self.shares = dict(sorted(self.shares.items(), key=lambda item: (places.get(item[0], RANKED), item[0])))

    @property
    def recorded(self) -> str:
        """The currency of most purchases, as the records have it."""
        return next(iter(self.currencies), "")

    @property
    def processes(self) -> int:
        """How many contracting processes the purchases are of: one may have many awards."""
        return sum(self.methods.values())

    @property
    def undated(self) -> int:
        return self.years.get(0, 0)
