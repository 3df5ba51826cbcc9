"""
Hostile files by all ways in: by the API, tried and sent; by the form, beside facts and a sound document; by a command.

Every answer is none of our errors, every refusal has its reason, every receipt stands, and workers read all of it. A
sound document is read whole, whatever it was sent with; a page that is a trap costs no other page.
"""

import hashlib
import html
import json
import re
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from audits.management.commands import readdocument
from contracts.management.commands import readtable
from contracts.models import Document, Submission
from contracts.translating import SAY_WHAT_TO_DO
from tests.drills.bodies import SUBMISSIONS, VALIDATION
from tests.drills.files import HostileFile, Known, companion_texts, make_file
from tests.drills.posting import MAX_SECONDS, not_a_problem
from tests.drills.settling import settle
from tests.drills.site import Gauge, Person, Site
from tests.drills.tally import Tally
from tests.drills.wire import Answer, request_bytes

FORM = "/submit/?lang=en"
STATUS = "/submit/status/?lang=en"
_WORDS = re.compile(r'<p class="words"><strong>([a-z ]+)</strong>')
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
_ITEM = re.compile(r"<li>.*?</li>", re.DOTALL)
_REFUSED = "not taken"
# What Celery and gunicorn write when a process of theirs ends as it should not.
_DEATH = re.compile(r"WorkerLostError|exited with|WORKER TIMEOUT|was sent SIG|SIGSEGV|MemoryError")
_BOUNDARY = b"----a-boundary-that-no-file-holds"


class Receipt(NamedTuple):
    """The words for a file that was sent by the form, and whether the file was taken."""

    number: int
    words: str
    is_taken: bool


class Sending:
    """Sends hostile files, one after the other, and remembers what was answered."""

    def __init__(self, site: Site, sender: Person, tally: Tally, known: Known) -> None:
        self.site = site
        self.sender = sender
        self.tally = tally
        self.known = known
        self.worker = Gauge(site.worker)
        self.web = Gauge(site.web)
        self.accepted: dict[str, int] = {}
        self.receipts: list[Receipt] = []

    def run(self, numbers: range) -> None:
        self.cookie, self.token = self._token()
        for number in numbers:
            file = make_file(self.tally.seed, number, self.known)
            self.tally.count("PDFs" if file.is_pdf else "tables")
            self._by_api(file, VALIDATION)
            self._by_api(file, SUBMISSIONS)
            self._by_form(file)
            self._by_command(file)
            self.worker.read()
        settle(self.tally, self.worker)
        self._check_submissions()
        self._check_documents(numbers)
        for receipt in self.receipts:
            self._return_with(receipt)
        self._check_processes()
        self.tally.note_worst("memory of a web process, MB", self.web.peak, "")
        self.tally.note_worst("memory of a worker process, MB", self.worker.peak, "")

    def _by_api(self, file: HostileFile, address: str) -> None:
        headers = [
            (b"Content-Type", b"application/octet-stream"),
            (b"Content-Length", b"%d" % len(file.content)),
            *self.sender.headers(),
        ]
        name = "validate/" if address == VALIDATION else "submissions/"
        answer = self._ask(name, file, request_bytes(b"POST", address.encode(), headers, file.content))
        if wrong := not_a_problem(answer):
            self._violate(wrong, file)
        found = json.loads(answer.body or b"{}")
        if answer.status >= 400 and not all(map(_says_what_to_do, found.get("errors", [{}]))):
            self._violate(f"a refusal without its reason or without help: {answer.body[:300]!r}", file)
        if answer.status in {200, 202} and address == SUBMISSIONS:
            self.accepted[found["id"]] = file.number

    def _by_form(self, file: HostileFile) -> None:
        facts = {"step": "send", "title": f"Camara {file.number}", "buyer": "Muni", "country": "PE"}
        files = {"hostile": file.content, "companion": file.companion}
        answer = self._ask("form", file, self._form(FORM, facts, files))
        page = answer.body.decode("utf-8", "replace")
        found = _WORDS.search(page)
        if answer.status != 200 or not found:
            self._violate(f"no receipt: {answer.status}", file)
            return
        items = {html.unescape(item).partition(":")[0][4:]: item for item in _ITEM.findall(page)}
        is_taken = _REFUSED not in items.get("hostile", "")
        self.tally.count(f"form: {'PDF' if file.is_pdf else 'table'} {'taken' if is_taken else 'refused'}")
        if "hostile" not in items or _REFUSED in items.get("companion", _REFUSED):
            self._violate(f"the receipt does not tell of both files: {sorted(items)}", file)
        elif not is_taken and len(re.sub(r"<[^>]+>", "", items["hostile"]).partition(_REFUSED)[2]) < 20:
            self._violate(f"refused without a reason: {items['hostile']}", file)
        self.receipts.append(Receipt(file.number, found[1], is_taken))

    def _by_command(self, file: HostileFile) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "file"
            path.write_bytes(file.content)
            try:
                report: dict[str, Any] = readdocument.read(path) if file.is_pdf else readtable.read(path)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is a violation
                self._violate(f"the command ends with {error!r}", file)
                return
        read = report["pages_read"] if file.is_pdf else report["rows_read"]
        of = report["pages"] if file.is_pdf else report["rows"]
        self.tally.count(f"command: {'PDF' if file.is_pdf else 'table'} {'read' if read else 'not read'}")
        if (read < of or not read) and not report["problems"]:
            self._violate(f"{read} of {of} read, and no problem is told", file)

    def _check_submissions(self) -> None:
        for submission in Submission.objects.iterator():
            number = self.accepted.get(str(submission.pk), "form")
            self.tally.count(f"submission {submission.state}")
            is_read = submission.counts.get("pages_read") or submission.counts.get("releases_read")
            if submission.state != "processed":
                self.tally.violate(f"{submission.state}: {submission.error}", str(number))
            elif not is_read and not submission.problem_count:
                self.tally.violate("nothing was read, and no problem is told", str(number))
            elif (
                submission.counts.get("pages_read", 0) < submission.counts.get("pages", 0) and not submission.problems
            ):
                self.tally.violate("pages are missing, and no problem is told", str(number))

    def _check_documents(self, numbers: range) -> None:
        """Look for all pages that had to be read."""
        for number in numbers:
            file = make_file(self.tally.seed, number, self.known)
            expected = [(file.companion, companion_texts(self.tally.seed, number)), (file.content, file.good)]
            for content, texts in expected:
                document = Document.objects.filter(pk=_sha256(content)).first() if texts else None
                pages = list(document.texts.values_list("text", flat=True)) if document else []
                missing = [text for text in texts if not any(text in page for page in pages)]
                if missing:
                    self._violate(f"pages were lost: {missing}", file)
                self.tally.count("pages that had to be read", len(texts))

    def _return_with(self, receipt: Receipt) -> None:
        answer = self.site.ask(self._form(STATUS, {"receipt": receipt.words}, {}))
        self.tally.count(f"return with a receipt {answer.status}")
        shown = len(_ITEM.findall(answer.body.decode("utf-8", "replace").partition("<ol>")[2].partition("</ol>")[0]))
        if answer.status != 200 or shown < 2 + receipt.is_taken:
            self.tally.violate(f"the receipt shows {shown} submissions: {answer.status}", str(receipt.number))

    def _check_processes(self) -> None:
        for process in (self.site.web, self.site.worker):
            for line in self.site.logged(process):
                if _DEATH.search(line):
                    self.tally.violate(f"a process died: {line[:300]}")
        for line in self.site.traces():
            self.tally.violate(f"a trace in the log of {line}")
        if left := readers_left():
            self.tally.violate(f"{len(left)} readers are left")

    def _ask(self, name: str, file: HostileFile, request: bytes) -> Answer:
        held = self.web.begin()
        answer = self.site.ask(request)
        shown_by = f"{file.number} {file.change}; {len(file.content):,} bytes"
        self.tally.count(f"{name} {answer.status or 'no answer'}")
        self.tally.note_worst(f"seconds of {name}", answer.seconds, shown_by)
        self.tally.note_worst(f"growth by {name}, MB", self.web.read() - held, shown_by)
        if answer.status >= 500 or not answer.status:
            self._violate(f"{name}: an error of the server: {answer.status} {answer.body[:200]!r}", file)
        if answer.seconds > MAX_SECONDS:
            self._violate(f"{name}: {answer.seconds:.0f} seconds", file)
        return answer

    def _token(self) -> tuple[bytes, bytes]:
        answer = self.site.ask(request_bytes(b"GET", FORM.encode(), ()))
        cookie = answer.headers["Set-Cookie"].partition(";")[0]
        found = _TOKEN.search(answer.body.decode())
        assert found, "the form has no token"
        return cookie.encode(), found[1].encode()

    def _form(self, address: str, fields: dict[str, str], files: dict[str, bytes]) -> bytes:
        parts = [(b'name="csrfmiddlewaretoken"', self.token)]
        parts += [(b'name="%s"' % name.encode(), value.encode()) for name, value in fields.items()]
        parts += [(b'name="files"; filename="%s"' % name.encode(), content) for name, content in files.items()]
        body = b"".join(
            b"--%s\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n" % (_BOUNDARY, head, value)
            for head, value in parts
        )
        body += b"--%s--\r\n" % _BOUNDARY
        headers = [
            (b"Content-Type", b"multipart/form-data; boundary=" + _BOUNDARY),
            (b"Content-Length", b"%d" % len(body)),
            (b"Cookie", self.cookie),
        ]
        return request_bytes(b"POST", address.encode(), headers, body)

    def _violate(self, what: str, file: HostileFile) -> None:
        self.tally.violate(what, f"{file.number} {file.change}", file=file.content)


def _says_what_to_do(error: dict[str, Any]) -> bool:
    """Tell whether an error has its reason, and help in a hint; of a refused file some reasons hold the help."""
    is_told_in_detail = error["code"] == "file_refused" and error["variant"] in SAY_WHAT_TO_DO
    return bool(error["detail"] and (error["hint"] or is_told_in_detail))


def readers_left() -> list[int]:
    """Return the process ids of readers below this process: of its servers, and of the commands that it ran itself."""
    return [process.pid for process in psutil.Process().children(recursive=True) if _is_reader(process)]


def _is_reader(process: psutil.Process) -> bool:
    try:
        return "-P -m contracts." in " ".join(process.cmdline())
    except psutil.Error:  # it has ended meanwhile
        return False


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
