"""
Bodies by chance through the real site: each is validated, then submitted; workers process what was accepted.

Afterwards every accepted body lies in the database byte for byte, and was processed, or failed and says so; nothing
else lies there. No request ends with a 5xx, no rule fails, nothing that nobody foresaw is in the logs.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.db import connection

from audits.models import Audit, AuditAttempt
from contracts.models import ContentChunk, Submission
from contracts.submitting import PREVIEW_BYTES
from tests.drills.bodies import SUBMISSIONS, VALIDATION, Body, make_body
from tests.drills.seeds import Seed
from tests.drills.settling import settle
from tests.drills.site import Gauge, Person, Site
from tests.drills.tally import Tally
from tests.drills.wire import Answer, request_bytes

# gunicorn kills a process that does not answer for a minute; half of it is far too long already.
MAX_SECONDS = 30
# A verdict that depends on the clock, or on how many problems are listed, is not compared.
QUICK = 1.5
FEW_PROBLEMS = 900


class Accepted(NamedTuple):
    """A body that the site took: its number, the digest of what was sent, and how many releases a trial found."""

    number: int
    sender: str
    sha256: str
    releases: int | None


class Posting:
    """Posts bodies, one after the other, and remembers what was accepted."""

    def __init__(self, site: Site, senders: dict[str, Person], tally: Tally, seeds: Sequence[Seed]) -> None:
        self.site = site
        self.senders = senders
        self.tally = tally
        self.seeds = seeds
        self.web = Gauge(site.web)
        self.worker = Gauge(site.worker)
        self.accepted: dict[str, Accepted] = {}

    def run(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            body = make_body(self.tally.seed, number, self.seeds)
            tried = None
            if body.address.startswith(SUBMISSIONS) and "simple-contract" not in body.address:
                tried = self._post(body, VALIDATION + body.address.removeprefix(SUBMISSIONS))
            sent = self._post(body, body.address)
            self._note(body, tried, sent)
            self.worker.read()
        settle(self.tally, self.worker)
        self._check_stored()
        self._check_processed()
        self._read_back()
        self.tally.note_worst("memory of a web process, MB", self.web.peak, "")
        self.tally.note_worst("memory of a worker process, MB", self.worker.peak, "")
        for line in self.site.traces():
            self.tally.violate(f"a trace in the log of {line}")

    def _post(self, body: Body, address: str) -> Answer:
        headers = (*body.headers, *self.senders[body.sender].headers())
        request = request_bytes(b"POST", address.encode(), headers, body.payload)
        held = self.web.begin()
        answer = self.site.ask(request, leaves=body.leaves)
        grown = self.web.read() - held
        name = "validate/" if address.startswith(VALIDATION) else "submissions/"
        shown_by = f"{name} {body.number} {', '.join(body.changes)}"
        code = _json(answer).get("code", "") if answer.status >= 400 else ""
        self.tally.count(f"{name} {answer.status or 'no answer'} {code}".rstrip())
        self.tally.note_worst(f"seconds of {name}", answer.seconds, f"{shown_by}; {len(body.payload):,} bytes")
        self.tally.note_worst(f"growth by {name}, MB", grown, f"{shown_by}; {len(body.payload):,} bytes")
        if (wrong := _wrong(answer, body)) or (wrong := not_a_problem(answer)):
            self.tally.violate(f"{wrong}: {answer.status} {answer.body[:200]!r}", shown_by, request=request)
        if answer.seconds > MAX_SECONDS:
            self.tally.violate(f"{answer.seconds:.0f} seconds", shown_by, request=request)
        return answer

    def _note(self, body: Body, tried: Answer | None, sent: Answer) -> None:
        report = _json(tried) if tried and tried.status == 200 else None
        is_taken = sent.status in {200, 202}
        if tried and _is_comparable(tried, sent, body) and (tried.status == 200) != is_taken:
            self._violate(f"validate/ says {tried.status}, submissions/ {sent.status}: {sent.body[:200]!r}", body)
        if not is_taken:
            return
        receipt = _json(sent)
        if body.stored is not None and receipt["sha256"] != hashlib.sha256(body.stored).hexdigest():
            self._violate("the receipt is for other bytes", body)
        releases = None
        if report and not any(problem["code"] == "reading_stopped" for problem in report["problems"]):
            releases = report["releases"]
        self.accepted[receipt["id"]] = Accepted(body.number, body.sender, receipt["sha256"], releases)

    def _check_stored(self) -> None:
        stored = {
            str(submission.pk): submission.content_id
            for submission in Submission.objects.filter(channel=Submission.Channel.API)
        }
        for pk in stored.keys() - self.accepted.keys():
            self.tally.violate(f"submission {pk} was stored and not accepted")
        for pk, accepted in self.accepted.items():
            if pk not in stored:
                self.tally.violate("an accepted body is lost", str(accepted.number))
            elif accepted.sha256 != stored[pk] or digest_of_chunks(stored[pk]) != accepted.sha256:
                self.tally.violate("an accepted body is stored with other bytes", str(accepted.number))
        self.tally.count("accepted", len(self.accepted))

    def _check_processed(self) -> None:
        for submission in Submission.objects.filter(pk__in=self.accepted).iterator():
            accepted = self.accepted[str(submission.pk)]
            codes = {problem.code for problem in submission.found_problems}
            self.tally.count(f"submission {submission.state}")
            if submission.state != "processed":
                self._violate(f"{submission.state}: {submission.error}", self._body(accepted))
            elif not submission.counts["releases_read"] and not submission.problem_count:
                self._violate("neither a release nor a problem", self._body(accepted))
            elif accepted.releases is not None and accepted.releases != submission.counts["releases_read"]:
                read = submission.counts["releases_read"]
                self._violate(f"validate/ read {accepted.releases} releases, a worker {read}", self._body(accepted))
            if "processing_failed" in codes:
                self._violate("a release could not be stored", self._body(accepted))
        for attempt in AuditAttempt.objects.select_related("process"):
            self.tally.violate(f"{attempt.process.ocid!r} was not audited: {attempt.error}")
        for audit in Audit.objects.filter(is_current=True).exclude(failed=[]).select_related("process"):
            self.tally.violate(f"rules {audit.failed} failed on {audit.process.ocid if audit.process else '?'!r}")
        self.tally.count("processes audited", Audit.objects.filter(is_current=True, organization=None).count())
        connection.close()

    def _read_back(self) -> None:
        """Ask for the result of every submission: what was stored can be told."""
        for pk, accepted in self.accepted.items():
            target = f"{SUBMISSIONS}{pk}/"
            answer = self.site.ask(request_bytes(b"GET", target.encode(), self.senders[accepted.sender].headers()))
            self.tally.count(f"status {answer.status or 'no answer'}")
            self.tally.note_worst("seconds of a status", answer.seconds, str(accepted.number))
            if answer.status != 200 or _json(answer)["sha256"] != accepted.sha256:
                self._violate(f"the status answers {answer.status} {answer.body[:200]!r}", self._body(accepted))

    def _body(self, accepted: Accepted) -> Body:
        return make_body(self.tally.seed, accepted.number, self.seeds)

    def _violate(self, what: str, body: Body) -> None:
        request = request_bytes(b"POST", body.address.encode(), body.headers, body.payload)
        self.tally.violate(what, f"{body.number} {', '.join(body.changes)}", request=request)


def _wrong(answer: Answer, body: Body) -> str:
    """Return what is wrong with an answer, empty for nothing."""
    if answer.status == 501 and any(name == b"Transfer-Encoding" for name, _ in body.headers):
        return ""  # what RFC 9112 asks of a server that does not know a transfer coding
    if answer.status >= 500:
        return "an error of the server"
    return "no answer" if not answer.status and body.is_whole else ""


def not_a_problem(answer: Answer) -> str:
    """Return what is wrong with how a refusal is told; what gunicorn refuses by itself has no id."""
    if answer.status < 400 or "X-Request-ID" not in answer.headers:
        return ""
    if answer.headers.get("Content-Type") != "application/problem+json" or "code" not in _json(answer):
        return "a refusal that is no problem document"
    return ""


def _is_comparable(tried: Answer, sent: Answer, body: Body) -> bool:
    if not tried.status or not sent.status or len(body.payload) > PREVIEW_BYTES:
        return False
    found = _json(tried)
    problems = found.get("problem_count") or len(found.get("errors", ()))  # a refusal lists them as errors
    return max(tried.seconds, sent.seconds) < QUICK and problems < FEW_PROBLEMS


def _json(answer: Answer) -> Any:
    try:
        return json.loads(answer.body)
    except ValueError:
        return {}


def digest_of_chunks(content: str) -> str:
    digest = hashlib.sha256()
    for data in _chunks_of(content):
        digest.update(data)
    return digest.hexdigest()


def _chunks_of(content: str) -> Iterator[bytes]:
    chunks = ContentChunk.objects.filter(content=content).order_by("number").values_list("data", flat=True)
    for data in chunks.iterator(chunk_size=4):
        yield bytes(data)
