"""
The methodology as pages: what is asked and how, with what parameters, how it has done, and what a flag is.

They need no script and no account, and can be printed. ``?lang=`` goes before the language of the browser.
"""

import string
from collections import Counter
from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from audits.judging.rule.examples import example_of
from audits.judging.rule.pages import Page, page, parse
from audits.judging.rule.readings import reading_of
from audits.judging.rule.reasons import REASONS
from audits.judging.rule.vocabulary import READER_THRESHOLD, Rule, Stage
from audits.matching.organizations.watchlist import listings_of
from audits.matching.purchases.notice_reader import NoticeReader
from audits.methodology.lists import lists_in_words
from audits.methodology.parameters import in_prose, label, parameters_in_force, shown_value
from audits.models import Flag, PublicList, Reply, Watchlist, WatchlistEntry
from audits.reference.counterparts import counterparts_of
from audits.reference.lists import LISTS
from audits.reference.rule_sets import WEIGHTS
from audits.replies import published
from audits.reports.publishing import health_for
from audits.reports.rule_changes import with_changes
from audits.reports.rule_health import MAX_SHARE_FLAGGED, MIN_DECIDED, wilson_interval
from audits.rules import RULES
from contracts.pages.charts.bars import shares
from contracts.pages.pictures import Cell, Picture, picture_file
from contracts.pages.rendering import EVERYONE, answer, at_its_address, in_the_readers_language, reading_page
from contracts.translating import as_spoken, variety_in_force

FAMILIES = {"T": _("Technology governance"), "R": _("Integrity")}
STAGES = {
    Stage.PLANNING: _("planning"),
    Stage.TENDER: _("tender"),
    Stage.AWARD: _("award"),
    Stage.CONTRACT: _("contract"),
    Stage.IMPLEMENTATION: _("implementation"),
}
PUBLICATION = {
    "reviewed": _(
        "This installation publishes the flags that two people confirmed (or one, where a lead "
        "allows that), and counts of all flags. Flags that nobody has decided on are not shown "
        "to the public."
    ),
    "all": _(
        "This installation publishes every current flag that no person dismissed. Flags that "
        "nobody has decided on are marked as unreviewed."
    ),
    "none": _("This installation publishes no flags, only counts."),
}
READER = {"en": "The reader: a model card", "es": "El lector: ficha del modelo", "pt": "O leitor: ficha do modelo"}
SOURCES = {
    "labelled": _("notices that two people read, question by question"),
    "marked": _("notices that one or two people read"),
    "decisions": _("decisions of auditors here"),
}
LANGUAGE_NAMES = {"all": _("all languages"), "es": _("Spanish"), "pt": _("Portuguese"), "en": _("English")}
MATCHES = {
    "exact": _("the same question"),
    "close": _("nearly the same question"),
    "related": _("another question about the same thing"),
}
WHAT_A_FLAG_IS = {"en": "What a flag is", "es": "Qué es una señal", "pt": "O que é um sinal"}
_TEXTS = files("audits.methodology") / "texts"


# Maximum number of months in the picture; the table has all.
MAX_MONTHS = 24
_COUNTED = ("confirmed", "confirmed_by_one", "dismissed")


@reading_page
def index(request: HttpRequest, language: str) -> HttpResponse:
    """All rules by family, with a sentence each."""
    families: dict[str, list[tuple[Rule, Page, Any]]] = {}
    for code, rule in sorted(RULES.items(), key=lambda item: (item[0][0] != "T", item[0])):
        shown = (rule, page(rule, variety_in_force()), Flag.SeverityChoice(rule.severity).label)
        families.setdefault(code[0], []).append(shown)
    named = [(FAMILIES.get(letter, letter), rules) for letter, rules in families.items()]
    return answer(request, "methodology/index.html", language, families=named)


@require_safe
@at_its_address
@in_the_readers_language
def rule_page(request: HttpRequest, language: str, code: str) -> HttpResponse:
    """One rule: its page, what is in force, how its flags read, how it has done here."""
    rule = RULES.get(code)
    if rule is None:
        raise Http404
    health, counted = health_for(request.user, code)
    in_force = parameters_in_force(rule)
    return answer(
        request,
        "methodology/rule.html",
        language,
        rule=rule,
        page=page(rule, variety_in_force(), in_prose(in_force)),
        severity=Flag.SeverityChoice(rule.severity).label,
        example=_example(rule, variety_in_force()),
        stage=STAGES[rule.stage],
        in_force=in_force,
        lists=lists_in_words(rule),
        sentences=[blank(template) for template in rule.text(variety_in_force()).sentences.values()],
        health=health,
        reading=reading_of(code),
        few=_("fewer than five"),
        versions=with_changes(rule.code, health["versions"], variety_in_force())[::-1],
        counted=counted,
        share=_percent(health["share"]),
        precision=_percents(health),
        agreement=_interval(health["judged_alike"], health["judged_twice"]),
        found=_readers_verdicts(health),
        withheld_because=[(_reason(rule, row["reason"]), row["records"]) for row in health["withheld_because"]],
        pictures=picture_of(health),
        here=reverse("methodology-rule", args=[code]),
        followed=f"rule={code}",
        replies=published(Reply.objects.visible_to(EVERYONE).filter(flag__rule=code)),
        counterparts=[(entry, MATCHES[entry.match]) for entry in counterparts_of(code)],
        most_missing=health["missing"][:3],
        least_decided=MIN_DECIDED,
        largest_share=round(MAX_SHARE_FLAGGED * 100),
    )


@require_safe
@at_its_address
@in_the_readers_language
def rule_picture(request: HttpRequest, _language: str, code: str, kind: str) -> HttpResponse:
    """The picture of how the flags of a rule were decided, as a file."""
    if code not in RULES:
        raise Http404
    return picture_file(request, picture_of(health_for(request.user, code)[0]), "decisions", kind)


@reading_page
def what_a_flag_is(request: HttpRequest, language: str) -> HttpResponse:
    """What a flag is and is not, how to reply to one, which lists this installation uses."""
    text = (_TEXTS / f"what_a_flag_is.{language}.md").read_text(encoding="utf-8")
    with_listings = WatchlistEntry.objects.filter(enabled=True).exclude(listings=[])
    on_a_list = Counter(
        entry.country
        for entry in with_listings
        if any(not listing.end for listing in listings_of(entry.listings, entry.listed_on))
    )
    return answer(
        request,
        "methodology/what_a_flag_is.html",
        language,
        page=parse(as_spoken(text), WHAT_A_FLAG_IS[language], language),
        contact=settings.VEEDOR_CONTACT,
        contact_address=settings.VEEDOR_CONTACT_HREF,
        publication=PUBLICATION[settings.VEEDOR_PUBLICATION],
        public_lists=PublicList.objects.order_by("name"),
        watchlists=Watchlist.objects.annotate(enabled_entries=Count("entries", filter=Q(entries__enabled=True))),
        listed_countries=sorted(on_a_list.items(), key=lambda counted: (-counted[1], counted[0])),
        listed=on_a_list.total(),
        read_by_rules=LISTS,
    )


@reading_page
def reader_card(request: HttpRequest, language: str) -> HttpResponse:
    """The card of the model that is the second key: what it is for, its data, its figures by language, its limits."""
    text = (_TEXTS / f"reader.{language}.md").read_text(encoding="utf-8")
    reader = NoticeReader.load(WEIGHTS)
    card = reader.card
    return answer(
        request,
        "methodology/reader.html",
        language,
        page=parse(as_spoken(text), READER[language], language),
        weights=len(reader.weights),
        digest=reader.digest,
        threshold=READER_THRESHOLD,
        trained_on=date.fromisoformat(card["trained_on"]) if "trained_on" in card else None,
        buyers=card.get("buyers"),
        folds=card.get("folds"),
        start=_start(card["start"]) if "start" in card else None,
        sources=[(SOURCES.get(name, name), number) for name, number in card.get("sources", {}).items()],
        by_language=[
            (
                LANGUAGE_NAMES.get(name, name),
                rows,
                [
                    (threshold, _percent(count["precision"]), _percent(count["recall"]))
                    for threshold, count in card["cross_validated"].get(name, {}).items()
                ],
            )
            for name, rows in card.get("rows", {}).items()
        ],
        rules=[rule for _code, rule in sorted(RULES.items()) if rule.has_two_keys],
    )


def _start(card: Mapping[str, Any]) -> dict[str, Any]:
    """Return what taught the weights that training went on from: rows and buyers, and the day."""
    return {
        "rows": sum(card["sources"].values()),
        "buyers": card["buyers"],
        "day": date.fromisoformat(card["trained_on"]),
    }


def _example(rule: Rule, language: str) -> dict[str, Any]:
    example = example_of(rule, language)
    if example is None:
        return {}
    return {
        "record": example.record,
        "reads_others": "statistics" in example.given,
        "set_to": [
            (label(name), shown_value(name, value)) for name, value in example.given.get("parameters", {}).items()
        ],
        "sentence": example.sentence,
        "severity": Flag.SeverityChoice(example.severity).label,
        "cites": example.cites,
    }


def _percent(share: float | None) -> int | None:
    return None if share is None else round(share * 100)


def _percents(health: Mapping[str, Any]) -> dict[str, int | None] | None:
    if health["precision"] is None:
        return None
    low, high = health["precision_interval"]
    return {"share": _percent(health["precision"]), "low": _percent(low), "high": _percent(high)}


def _interval(part: int | None, whole: int | None) -> dict[str, int | None] | None:
    """Return a share with its interval; ``None`` without cases, or with fewer than may be published."""
    if not whole or part is None:
        return None
    low, high = wilson_interval(part, whole)
    return {"share": _percent(part / whole), "low": _percent(low), "high": _percent(high), "number": whole}


def _reason(rule: Rule, code: str) -> str:
    """Return the text of a reason in the reader's language; the code itself if it no longer has a text."""
    text = rule.text(variety_in_force()).reasons.get(code) or gettext(REASONS.get(code, ""))
    return blank(text) if text else code


def _readers_verdicts(health: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what readers found about a rule's flags, ``None`` if nothing may be published about it."""
    found = {name: health[f"found_{name}"] for name in ("right", "idle", "wrong")}
    few = _("fewer than five")
    return {name: few if n is None else n for name, n in found.items()} if any(found.values()) else None


def blank(template: str) -> str:
    """Return the sentence of a template with ``[…]`` for each of its values."""
    return "".join(
        f"{text}{'[…]' if field is not None else ''}" for text, field, _, _ in string.Formatter().parse(template)
    )


def picture_of(health: Mapping[str, Any]) -> list[Picture]:
    """
    Return the picture of the decisions of a rule's last months that had any; nothing where no month may be told.

    :param health: ``Health.as_json``, or what of it is public; a count of None is fewer than five
    """
    # Figures published by an earlier version of this program may lack one.
    counts = {row["month"]: [row.get(name) for name in _COUNTED] for row in health["months"][-MAX_MONTHS:]}
    months = {month: found for month, found in counts.items() if any(found)}
    if not months:
        return []
    title, few = gettext("How its flags were decided"), gettext("fewer than five")
    totals = [sum(count or 0 for count in found) for found in months.values()]
    names = (gettext("confirmed"), gettext("confirmed by one person"), gettext("dismissed"))
    series = {
        name: [(found[place] or 0) / total for found, total in zip(months.values(), totals, strict=True)]
        for place, name in enumerate(names)
    }
    rows = [
        (Cell(month), *(Cell("" if count is None else count, few if count is None else "") for count in found))
        for month, found in months.items()
    ]
    coverage = gettext("%(number)s flags, each by the latest decision on it, of all versions.") % {
        "number": sum(totals)
    }
    first, last = min(months), max(months)
    period = first if first == last else f"{first} – {last}"
    note = gettext("Monthly numbers below five are not drawn for the public.")
    head = (gettext("Month"), gettext("Flags confirmed"), gettext("By one person"), gettext("Flags dismissed"))
    drawing = shares(title, list(months), series)
    is_wide = len(months) > 6
    return [Picture("decisions", title, note, head, rows, drawing, is_wide=is_wide, coverage=coverage, period=period)]
