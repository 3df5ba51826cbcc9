"""The case file of a flag: everything that justifies the decision on it, for print and as JSON."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.db.models import Count, Q
from django.db.models.functions import Length
from django.utils import timezone

from audits.admin.flag.page import Asked, read_asked, read_looks
from audits.models import BlindReview, DeskEntry, Flag, LexiconTerm, PublicList, Reply, Review, RulePage, Watchlist
from audits.models.review import CHAIN
from audits.reference.lists import moved_rows
from audits.reference.reason_codes import reason_label
from audits.reference.rule_sets import rule_sets_in_force
from audits.replies import told_of
from audits.reports.decision_heads import heads_before
from audits.triage import waiver_of
from contracts.documents.texts import is_page
from contracts.models import ContractingProcess, Release
from contracts.ocds.pointers import resolve
from contracts.pages.record import compiled_release
from contracts.signed_json import sign
from contracts.translating import variety_in_force

# Maximum total size of the releases in a case file, in bytes.
MAX_BYTES = 2_000_000


def read_case(flag: Flag) -> dict[str, Any]:
    """
    Return the case file of a flag as JSON types, signed; digests in hex, times in ISO 8601.

    ``audit`` holds the digests of what the rule read: of compiled release, dossier, rule set with its
    lists, and of each figure. ``record`` holds each release as it was received, up to ``MAX_BYTES`` of them, and what
    the compiled release says at the places that are cited; ``lists`` what is in force now, and which rows of the lists
    that the rule reads people changed since the first decision; ``is_as_judged`` whether these are what the audit
    read. A decision holds what its reviewer saw, and its link of the chain of decisions, with
    what that is made of (``contracts.postgres.chain.link``), so that the file alone proves it; ``rule_pages`` what the
    rule said in the versions that it was decided by; ``comment_requests`` whom people asked for comment, also those
    requests that were taken back, with who noted what; ``second_looks`` what others judged blindly, also where they
    disagree, but no first look at a sampled flag, which is not yet compared; ``desk`` who had it in hand;
    ``heads`` the heads of all logs of decisions yesterday.
    """
    rule, audit = flag.definition, flag.last_audit
    reviews = list(flag.reviews.select_related("reviewer").order_by("number"))
    links = CHAIN.links(review.number for review in reviews)
    text = rule.text(variety_in_force()) if rule else None
    return sign(
        {
            "made_at": timezone.now().isoformat(),
            "flag": {
                "id": flag.pk,
                "fingerprint": _hex(flag.fingerprint),
                "severity": flag.severity,
                "state": flag.state,
                "is_raised_by_hand": flag.is_raised_by_hand,
                "sentence": {language: flag.render(language) for language in ("en", "es", "pt")},
                "values": flag.values,
                "evidence": flag.evidence,
                "judged_digest": _hex(flag.judged_digest),
                "raised_at": flag.raised_at.isoformat(),
                "withdrawn_at": flag.withdrawn_at.isoformat() if flag.withdrawn_at else None,
                "withdrawn_because": flag.withdrawn_because,
                "changed_because": flag.changed_because,
            },
            "rule": {
                "code": flag.rule,
                "version": flag.rule_version,
                "parameters": flag.parameters,
                # The text of the version in force: that of the flag, unless they differ.
                "text_version": rule.version if rule else None,
                "title": text.title if text else "",
                "text": text.page if text else "",
            },
            "audit": {
                "audited_at": audit.audited_at.isoformat(),
                "process_digest": _hex(audit.process_digest),
                "dossier_digest": _hex(audit.dossier_digest),
                "ruleset_digest": _hex(audit.ruleset_digest),
                "figures": audit.figures,
            },
            "lists": _lists(flag) | {"changed_since_first_decision": _moved(flag, reviews)},
            "record": _record(flag),
            "comment_requests": [_request(asked) for asked in read_asked(flag)],
            "replies": [_reply(reply) for reply in Reply.objects.accepted().beside(flag).order_by("pk")],
            "decisions": [_decision(review, links[review.number]) for review in reviews],
            "second_looks": [_look(look) for look in read_looks(flag)],
            "desk": [_desk_entry(entry) for entry in flag.desk_entries.select_related("person", "by")],
            "rule_pages": _rule_pages(reviews),
            "heads": heads_before(datetime.now(UTC).date()),
        }
    )


def _record(flag: Flag) -> dict[str, Any]:
    if flag.process is None:
        return {"organization": str(flag.organization), "releases": []}
    _text, compiled = compiled_release(flag.process.pk)
    places = dict.fromkeys(entry["path"] for entry in flag.evidence if not entry.get("ocid"))
    return {
        "ocid": flag.process.ocid,
        "digest": _hex(flag.process.digest),
        "is_as_judged": bytes(flag.process.digest) == bytes(flag.last_audit.process_digest),
        "values_read": {path: _at(compiled, path) for path in places if not is_page(path)},
        "releases": list(_releases(flag.process)),
    }


def _releases(process: ContractingProcess) -> Iterator[dict[str, Any]]:
    releases = Release.objects.of_process(process).select_related("submission").defer("content")
    kept_releases = list(releases.annotate(bytes=Length("content")))
    held, left = [], MAX_BYTES
    for release in kept_releases:
        if release.bytes <= left:
            held.append(release.pk)
            left -= release.bytes
    contents = dict(Release.objects.filter(pk__in=held).values_list("pk", "content"))
    for release in kept_releases:
        yield {
            "id": release.release_id,
            "digest": _hex(release.digest),
            "received_at": release.received_at.isoformat(),
            "sent_as": release.submission.content_id,  # SHA-256 of the bytes as received
            "pointer": release.pointer,
            "bytes": release.bytes,
            # Longer releases are only in the admin; here their digest represents them.
            "content": bytes(contents[release.pk]).decode(errors="replace") if release.pk in contents else None,
        }


def _at(compiled: Any, path: str) -> Any:
    """Return the value at a path as JSON types, exact numbers as strings; ``None`` if there is none."""
    try:
        return json.loads(json.dumps(resolve(compiled, path), default=str))
    except LookupError:
        return None


def rule_set_in_force(flag: Flag) -> bytes:
    """Return the digest of the rules, parameters and lists by which the subject of a flag is judged now."""
    rule_sets = rule_sets_in_force()
    of_subject = rule_sets.by_country if flag.process_id else rule_sets.organizations
    return (of_subject.get(flag.country) or of_subject[""]).digest


def _lists(flag: Flag) -> dict[str, Any]:
    """Return the lists that rules read now, and whether they equal those of the audit, by its rule set."""
    digest = rule_set_in_force(flag)
    entries = Count("entries", filter=Q(entries__enabled=True))
    watchlists = Watchlist.objects.filter(enabled=True).annotate(number=entries).order_by("slug")
    return {
        "ruleset_digest": digest.hex(),
        "is_as_judged": digest == bytes(flag.last_audit.ruleset_digest),
        "lexicon_terms": LexiconTerm.objects.filter(enabled=True).count(),
        "watchlists": dict(watchlists.values_list("slug", "number")),
        "public_lists": list(PublicList.objects.filter(enabled=True).order_by("name").values_list("name", flat=True)),
    }


def _moved(flag: Flag, reviews: Sequence[Review]) -> list[dict[str, Any]]:
    """Return each edit of a row since the first decision; for a row added since, without columns."""
    if not reviews or flag.definition is None:
        return []
    since, told = reviews[0].reviewed_at, []
    for known, row in moved_rows(flag.definition, since):
        named = {"list": known.code, "id": row.id, "row": {name: row.values[name] for name in known.title}}
        if row.recorded and row.recorded > since:
            told.append({**named, "at": row.recorded.isoformat(), "column": None, "before": None, "after": None})
        told += [
            {**named, "at": edit.at.isoformat(), "column": edit.column, "before": edit.before, "after": edit.after}
            for edit in row.changes
        ]
    return told


def _reply(reply: Reply) -> dict[str, Any]:
    accepted = reply.decided_at.isoformat() if reply.decided_at else None
    return told_of(reply) | {"sent_on": reply.sent_on.isoformat(), "accepted_at": accepted}


def _request(asked: Asked) -> dict[str, Any]:
    request, shown, entries = asked
    return {
        **msgspec.to_builtins(shown),
        "reference": request.reference,
        "asked_by": request.asked_by.get_username(),
        "entered_at": request.entered_at.isoformat(),
        "entries": [
            {
                "kind": entry.kind,
                "outcome_on": entry.outcome_on.isoformat() if entry.outcome_on else None,
                "reply": entry.reply_id,
                "reason": entry.reason,
                "by": entry.by.get_username(),
                "at": entry.at.isoformat(),
            }
            for entry in entries
        ],
    }


def _decision(review: Review, linked: dict[str, Any]) -> dict[str, Any]:
    return {
        "number": review.number,
        "chain": _hex(review.chain),
        "chained": linked,
        "decision": review.decision,
        "reason_code": review.reason_code,
        "reason_label": reason_label(review.reason_code),
        "reason": review.reason,
        "reviewer": review.reviewer.get_username(),
        "reviewed_at": review.reviewed_at.isoformat(),
        "batch": str(review.batch) if review.batch else None,
        # If one person's confirmation counted: who waived the second one, when and why.
        "waiver": waiver_of(review),
        "judged_digest": _hex(review.judged_digest),
        "judged": review.judged,
    }


def _look(look: BlindReview) -> dict[str, Any]:
    return {
        "of_decision": look.review.number if look.review else None,
        "decision": look.decision,
        "verdict": look.verdict,
        "reason_code": look.reason_code,
        "reason_label": reason_label(look.reason_code),
        "reason": look.reason,
        "reviewer": look.reviewer.get_username(),
        "agrees": look.agrees,
        "at": look.at.isoformat(),
    }


def _desk_entry(entry: DeskEntry) -> dict[str, Any]:
    person = entry.person.get_username() if entry.person else None
    return {"kind": entry.kind, "person": person, "by": entry.by.get_username(), "at": entry.at.isoformat()}


def _rule_pages(reviews: Iterable[Review]) -> list[dict[str, Any]]:
    """Return the rule's pages that decisions refer to; older decisions refer to none."""
    named = {review.judged.get(Review.RESTS_ON, {}).get("rule_page", "") for review in reviews}
    kept = RulePage.objects.filter(digest__in=[bytes.fromhex(digest) for digest in named])
    return [
        {"digest": _hex(page.digest), "code": page.code, "version": page.version, "texts": page.texts} for page in kept
    ]


def _hex(digest: bytes | memoryview) -> str:
    return bytes(digest).hex()
