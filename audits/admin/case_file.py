"""The case file of a flag: all that a decision on it is defended with, to print and as JSON."""

from typing import Any

from django.utils import timezone

from audits.models import Flag, Reply, Review
from audits.reference.reason_codes import reason_label
from audits.reports.signing import sign
from contracts.models import Release
from contracts.translating import variety_in_force


def read_case(flag: Flag) -> dict[str, Any]:
    """
    Return the case file of a flag as JSON types, signed; digests in hex, times in ISO 8601.

    ``audit`` holds the digests of what the rule read: of compiled release, dossier, rule set with its
    lists, and of each figure. A decision holds what its reviewer saw, and its place in the chain of decisions.
    """
    rule, audit = flag.definition, flag.last_audit
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
            "record": _record(flag),
            "replies": [_reply(reply) for reply in Reply.objects.accepted().beside(flag).order_by("pk")],
            "decisions": [_decision(review) for review in flag.reviews.select_related("reviewer").order_by("number")],
        }
    )


def _record(flag: Flag) -> dict[str, Any]:
    if flag.process is None:
        return {"organization": str(flag.organization), "releases": []}
    releases = Release.objects.of_process(flag.process).select_related("submission").defer("content")
    return {
        "ocid": flag.process.ocid,
        "digest": _hex(flag.process.digest),
        "releases": [
            {
                "id": release.release_id,
                "digest": _hex(release.digest),
                "received_at": release.received_at.isoformat(),
                "sent_as": release.submission.content_id,  # SHA-256 of the bytes that came
                "pointer": release.pointer,
            }
            for release in releases
        ],
    }


def _reply(reply: Reply) -> dict[str, Any]:
    return {
        "id": reply.pk,
        "about": reply.about,
        "kind": reply.kind,
        "organization": reply.party,
        "speaker": reply.speaker,
        "text": reply.text,
        "link": reply.link,
        "sent_on": reply.sent_on.isoformat(),
        "accepted_at": reply.decided_at.isoformat() if reply.decided_at else None,
    }


def _decision(review: Review) -> dict[str, Any]:
    return {
        "number": review.number,
        "chain": _hex(review.chain),
        "decision": review.decision,
        "reason_code": review.reason_code,
        "reason_label": reason_label(review.reason_code),
        "reason": review.reason,
        "reviewer": review.reviewer.get_username(),
        "reviewed_at": review.reviewed_at.isoformat(),
        "batch": str(review.batch) if review.batch else None,
        "judged_digest": _hex(review.judged_digest),
        "judged": review.judged,
    }


def _hex(digest: bytes | memoryview) -> str:
    return bytes(digest).hex()
