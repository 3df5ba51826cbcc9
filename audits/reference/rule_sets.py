"""
The rule sets in force, built from the rows that people edit: overrides by country, lexicon, watchlists.

Compiling the lexicon takes a moment, so what was built is kept in the process until one of those rows changes.
"""

import logging
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings
from msgspec import Struct, convert

from audits.judging.figures.bounds import BoundsInForce
from audits.judging.rule.vocabulary import Subject
from audits.judging.rule_set import RuleSet
from audits.matching.lexicon import Term
from audits.matching.organizations.watchlist import Entry
from audits.matching.reference.data import LEXICON, Reference
from audits.matching.reference.files import PublicList, read_shipped
from audits.models import LexiconTerm, ReferenceVersion, RuleOverride, Watchlist, WatchlistEntry
from audits.models import PublicList as PublicListRow
from audits.models.override import OFF
from audits.reference.legal_limits import (
    Parameters,
    read_submission_days,
    read_thresholds,
    submission_day_parameters,
    threshold_parameters,
)
from audits.rules import RULES

logger = logging.getLogger(__name__)

# What comes with the code. Laws change, with their source, and an override can set a limit aside.
FOLDER = settings.BASE_DIR / "fixtures" / "reference"
THRESHOLDS = FOLDER / "thresholds.csv"
SUBMISSION_DAYS = FOLDER / "submission_days.csv"
WORDS = FOLDER / "words.csv"
WEIGHTS = FOLDER / "reader.json"


class Setting(Struct, frozen=True):
    """
    A parameter of a rule in a country (``""``: everywhere) that differs from the rule's own, and its source.

    Without a ``parameter`` the rule is not asked there: it is a draft, or retired. A legal limit carries its source in
    its value.
    """

    country: str
    rule: str
    parameter: str
    value: Any
    source: str


class RuleSets(Struct):
    """
    The rule set of every country, ``""`` being that of countries without overrides, and their reference.

    ``by_country`` holds the rules about processes, ``organizations`` those about organizations.
    """

    version: str
    reference: Reference
    by_country: Mapping[str, RuleSet]
    organizations: Mapping[str, RuleSet]

    def for_country(self, country: str) -> RuleSet:
        return self.by_country.get(country) or self.by_country[""]

    def organizations_in(self, country: str) -> RuleSet:
        return self.organizations.get(country) or self.organizations[""]

    def reads(self) -> frozenset[str]:
        """Return the names of the figures that rules about processes read, wherever they are in force."""
        return frozenset().union(*(rule_set.reads() for rule_set in self.by_country.values()))

    def bounds(self) -> dict[str, list[BoundsInForce]]:
        """Return the bounds of figures that every rule reads within bounds, wherever it is in force."""
        found: dict[str, list[BoundsInForce]] = defaultdict(list)
        for rule_set in self.by_country.values():
            for name, bounds in rule_set.bounds.items():
                found[name].extend(one for one in bounds if one not in found[name])
        whole = {name for rule_set in self.by_country.values() for name in rule_set.reads() - rule_set.bounds.keys()}
        return {name: bounds for name, bounds in found.items() if name not in whole}

    def organization_reads(self) -> frozenset[str]:
        """Return the names of the figures that rules about organizations read, wherever they are in force."""
        return frozenset().union(*(rule_set.reads() for rule_set in self.organizations.values()))

    def digests(self) -> dict[str, bytes]:
        """Return country → digest of its rule set about processes."""
        return {country: rule_set.digest for country, rule_set in self.by_country.items()}


def rule_sets_in_force() -> RuleSets:
    """Return the rule sets as the rows have them now."""
    return build_rule_sets(str(ReferenceVersion.objects.values_list("version", flat=True).get()))


def shipped_limits() -> tuple[Parameters, Parameters]:
    """Return the legal limits that come with this program: of amounts, and of days to bid."""
    return (
        threshold_parameters(read_thresholds(THRESHOLDS), RULES.values()),
        submission_day_parameters(read_submission_days(SUBMISSION_DAYS), RULES.values()),
    )


def settings_in_force() -> list[Setting]:
    """
    Return legal limits and overrides that are on, by country; one query. An override goes before a limit.

    An override from an earlier version that does not fit its rule switches the rule off: with its own value, the rule
    would ask what people here decided against.
    """
    found: dict[tuple[str, str, str], Setting] = {}
    for limits in shipped_limits():
        for country, by_rule in limits.items():
            for code, values in by_rule.items():
                for parameter, value in values.items():
                    found[country, code, parameter] = Setting(country, code, parameter, value, "")
    rows = list(RuleOverride.objects.filter(enabled=True).order_by("pk"))
    for row in rows:
        if row.parameter and row.fits:
            key = (row.country, row.rule, row.parameter)
            found[key] = Setting(*key, row.value, row.source)
    for row in rows:
        if not row.fits or (not row.parameter and row.state in OFF):
            found[row.country, row.rule, ""] = Setting(row.country, row.rule, "", None, row.source)
    return [found[key] for key in sorted(found)]


def asked_here() -> set[tuple[str, str]]:
    """Return (country, rule) of the rules that a country asks whatever is so everywhere."""
    states = RuleOverride.objects.filter(enabled=True, parameter="").exclude(country="")
    return {(row.country, row.rule) for row in states if row.state not in OFF}


def unfit_overrides() -> list[RuleOverride]:
    """Return the overrides that are on and do not fit their rule any more."""
    return [row for row in RuleOverride.objects.filter(enabled=True) if not row.fits]


@lru_cache(maxsize=1)
def build_rule_sets(version: str) -> RuleSets:
    """Return the rule sets, built from the rows as they are; ``version`` is theirs."""
    return read_rule_sets(version)


def read_rule_sets(version: str = "") -> RuleSets:
    """Return the rule sets of the rows as they are, also in the middle of a transaction; they are not kept."""
    unfit_rows = unfit_overrides()
    for row in unfit_rows:
        text = "%s is switched off in %s: an override gives its parameter %s an invalid value."
        logger.warning(text, row.rule, row.country or "all countries", row.parameter)
    reference = _reference()
    parameters: dict[str, dict[str, dict[str, Any]]] = defaultdict(lambda: defaultdict(dict))
    off: dict[str, set[str]] = defaultdict(set)
    # A rule whose override for all countries does not fit is off, and no country switches it on again.
    unfit = {row.rule for row in unfit_rows if not row.country}
    asked: dict[str, set[str]] = defaultdict(set)
    for country, code in asked_here():
        asked[country].add(code)
    for setting in settings_in_force():
        if setting.parameter:
            parameters[setting.country][setting.rule][setting.parameter] = setting.value
        else:
            off[setting.country].add(setting.rule)

    def rule_sets(subject: Subject, digest: str) -> dict[str, RuleSet]:
        rules = {code: rule for code, rule in RULES.items() if rule.subject is subject}
        return {
            country: RuleSet(
                rules.values(),
                parameters={
                    code: {**parameters[""].get(code, {}), **parameters[country].get(code, {})}
                    for code in {*parameters[""], *parameters[country]} & rules.keys()
                },
                off=off[""] - (asked[country] - unfit) | off[country],
                reference_digest=digest,
            )
            for country in sorted({"", *parameters, *off, *asked})
        }

    # No rule about organizations reads a text: lexicon and lists do not make their audits stale.
    return RuleSets(
        version, reference, rule_sets(Subject.PROCESS, reference.digest), rule_sets(Subject.ORGANIZATION, "")
    )


def _reference() -> Reference:
    off = list(Watchlist.objects.filter(enabled=False).values_list("slug", flat=True))
    terms = (
        LexiconTerm.objects.filter(enabled=True).order_by("pk") if LEXICON not in off else LexiconTerm.objects.none()
    )
    entries = WatchlistEntry.objects.filter(enabled=True, watchlist__enabled=True).order_by("pk")
    own = [name for name in Entry.__struct_fields__ if name != "watchlist"]
    return Reference(
        terms=[
            Term(row.concept, row.language, row.term, row.strength, note=row.note, source=row.source) for row in terms
        ],
        entries=[
            convert(row | {"watchlist": row["watchlist__slug"]}, Entry)
            for row in entries.values("watchlist__slug", *own)
        ],
        public_lists=[
            PublicList(row.name, row.authority, row.effect, row.source, row.enabled)
            for row in PublicListRow.objects.order_by("pk")
        ],
        **read_shipped(FOLDER),
        off=off,
    )
