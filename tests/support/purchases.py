"""Made-up purchases of technology, one process each, for tests that compare processes."""

from typing import Any

from audits.engine.cohorts import refresh_cohorts
from audits.models import Audit, Cohort, Flag, LexiconTerm, PeerGroup, RuleOverride
from audits.statistics import statistics_for
from contracts.models import ContractingProcess, Organization, Release, Submission
from tests.support.auditing import settle
from tests.support.records import load

TITLES = {"es": "Cámaras de videovigilancia para la plaza", "pt": "Câmeras de videomonitoramento para a praça"}

_TERMS = [
    ("video_surveillance", "es", "cámaras de videovigilancia"),
    ("video_surveillance", "pt", "câmeras de videomonitoramento"),
    ("cloud", "es", "nube pública"),
    ("exclusivity", "es", "proveedor exclusivo"),
    ("pilot_or_gift", "es", "prueba piloto"),
    ("pilot_or_gift", "pt", "doação de"),
]


def add_terms() -> None:
    """Add the few terms that these purchases need."""
    LexiconTerm.objects.bulk_create(
        LexiconTerm(concept=concept, language=language, term=term, strength="strong")
        for concept, language, term in _TERMS
    )


def ask_of_short_histories() -> None:
    """Let T08 ask where source and buyer are on record for one month, as in tests whose records are few."""
    RuleOverride.objects.bulk_create(
        RuleOverride(rule="T08", parameter=name, value=1, source="a test of few records")
        for name in ("months", "own_months")
    )


def flags_at_rest():
    """Return the flags once the months of the source are counted."""
    refresh_cohorts()
    audit()
    return flags()


def forget_everything() -> None:
    """Remove all records and what came of them, so that the same can be loaded in another order."""
    for model in (Flag, Audit, PeerGroup, Cohort, ContractingProcess, Organization, Release, Submission):
        model.objects.all().delete()


def purchase(
    number: int | str,
    *,
    supplier: str = "S1",
    amount: Any = 1000,
    date: str = "2024-03-01",
    currency: str = "PEN",
    language: str = "es",
    buyer: str = "B1",
    country: str = "PE",
    method: str = "open",
    suppliers: tuple[str, ...] = (),
    **tender: Any,
) -> dict[str, Any]:
    """A release of one award; ``amount=None`` gives it no value, ``suppliers`` make a consortium."""
    named = suppliers or ((supplier,) if supplier else ())
    award: dict[str, Any] = {
        "id": "A",
        "status": "active",
        "date": f"{date}T12:00:00Z",
        "suppliers": [{"id": entry, "name": f"Empresa {entry}"} for entry in named],
    }
    if amount is not None:
        award["value"] = {"amount": amount, "currency": currency}
    return {
        "ocid": f"ocds-test01-{number}",
        "id": "1",
        "date": f"{date}T12:00:00Z",
        "tag": ["award"],
        "language": language,
        "buyer": {"id": buyer, "name": f"Municipalidad {buyer}"},
        "parties": [
            {
                "id": buyer,
                "name": f"Municipalidad {buyer}",
                "identifier": {"scheme": f"{country}-RUC", "id": f"20{buyer}"},
                "address": {"countryName": country},
                "roles": ["buyer"],
            },
            *(
                {
                    "id": entry,
                    "name": f"Empresa {entry}",
                    "identifier": {"scheme": f"{country}-RUC", "id": f"10{entry}"},
                    "roles": ["supplier"],
                }
                for entry in named
            ),
        ],
        "tender": {"id": "T", "title": TITLES.get(language, TITLES["es"]), "procurementMethod": method, **tender},
        "awards": [award],
    }


def audit(*records):
    """Load, audit what is due, and what that makes stale."""
    if records:
        load(*records)
    return settle()


def figures(number, name):
    process = ContractingProcess.objects.get(ocid=f"ocds-test01-{number}")
    return getattr(statistics_for([process.pk], reads=frozenset([name]))[process.pk], name)


def flags(*codes):
    """What the flags say, whatever the order and the time of their making."""
    standing = Flag.objects.standing().select_related("process")
    return sorted(
        (flag.process.ocid, flag.rule, flag.severity, bytes(flag.fingerprint), str(sorted(flag.values.items())))
        for flag in (standing.filter(rule__in=codes) if codes else standing)
    )
