"""Decisions as a workbook, for defending or reporting them to people without an account."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import IO, Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from audits.models import Review
from audits.pages.labels import sentence_judged, waived_in_words
from audits.reference.reason_codes import reason_label
from contracts.api.protocol.files.workbook import Sheet, write_workbook
from contracts.pages.display import process_provenance

_TOGETHER = 500


def decisions_file(decisions: QuerySet[Review], query: str, number: int) -> IO[bytes]:
    """
    Return a workbook of decisions, in their order, as a file.

    :param query: address of their list
    :param number: number of decisions
    """
    told = [
        (_("Query"), query),
        (_("Taken"), _moment(timezone.now())),
        (_("Rows"), number),
        (_("Dates"), _("Text: days as 2024-03-01, moments in UTC as 2024-03-01T10:00:00Z.")),
        (
            _("Decisions"),
            _(
                "Nobody can change or remove a decision: each has a number and a chain, the SHA-256 of what it says "
                "and of the chain before it. manage.py verifylog finds whatever was changed. The case file of a flag "
                "has its passages, signed."
            ),
        ),
    ]
    names = (
        *(_("number"), _("reviewed"), _("flag"), _("subject"), _("title"), _("source"), _("rule")),
        *(_("version of the rule"), _("decision"), _("kind of reason"), _("reason"), _("reviewer"), _("batch")),
        *(_("sentence as it stood"), _("SHA-256 of what was judged"), _("SHA-256 of the record")),
        *(_("SHA-256 of the rules in force"), _("chain"), _("waiver of the second confirmation")),
    )
    header = list(map(capfirst, names))
    sheets = [Sheet("README", ("Veedor", _("Decisions")), told), Sheet(_("Decisions"), header, _rows(decisions))]
    return write_workbook(sheets)


def _rows(decisions: QuerySet[Review]) -> Iterator[list[Any]]:
    for review in decisions.iterator(chunk_size=_TOGETHER):
        flag, judged, rests_on = review.flag, review.judged, review.judged.get(Review.RESTS_ON, {})
        yield [
            review.number,
            _moment(review.reviewed_at),
            review.flag_id,
            flag.subject,
            flag.process.called if flag.process else "",
            process_provenance(flag.process),
            flag.rule,
            judged.get("rule_version"),
            review.decided,
            reason_label(review.reason_code),
            review.reason,
            review.reviewer.get_username(),
            str(review.batch or ""),
            sentence_judged(judged),
            bytes(review.judged_digest).hex(),
            rests_on.get("record", ""),
            rests_on.get("rule_set", ""),
            bytes(review.chain).hex(),
            waived_in_words(judged.get(Review.WAIVER)),
        ]


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
