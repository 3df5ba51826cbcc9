"""A small world for the access matrix: one of everything that an address names, and people of every role."""

import re
from collections.abc import Iterator

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from audits import groups
from audits.comment_requests import enter, request_comment
from audits.judging.rule.vocabulary import Evidence
from audits.models import (
    AuditAttempt,
    BlindReview,
    Cohort,
    CommentRequest,
    CommentRequestEntry,
    Export,
    Flag,
    FourEyesWaiver,
    KnownAnswer,
    LexiconTerm,
    PublicList,
    Reply,
    ReplyDecision,
    Review,
    RuleOverride,
    RulePage,
    RuleState,
    SavedSearch,
    Suppression,
    Watchlist,
    WatchlistEntry,
)
from audits.replies import decide_reply, send_reply
from audits.rules import RULES
from audits.triage import review_flag
from contracts.decisions.same_bodies import propose
from contracts.intake.reading.mapping import keep_mapping
from contracts.intake.received.receiving import keep_bytes
from contracts.models import (
    ApiToken,
    Attachment,
    Claim,
    Content,
    ContractingProcess,
    Document,
    IntakePolicy,
    Organization,
    Publisher,
    PublisherGrant,
    Receipt,
    Release,
    RetentionPolicy,
    SameProcess,
    Submission,
    TrailEntry,
)
from contracts.tables.headers.given_mapping import read_given
from contracts.trail import Action, record
from tests.support.clients import Client
from tests.support.pdfs import pdf
from tests.support.records import load, release
from tests.support.triage import raise_flag

# Words that stand nowhere but in flags, in decisions on them, and in claims.
HIDDEN = ("Zarzaparrilla", "Motivorreservado", "auditorasecreta")
SHOWN = "Confirmadaypublica"
DESK = ("auditor", "lead", "superuser", "auditor's session", "lead's session")
# Every role; the tokens of people of the desk need the scope `review` to be of the desk.
ROLES = (
    *("anonymous", "submitter", "journalist", "auditor", "auditor without scope", "lead", "superuser"),
    *("expired", "revoked", "dismissed account", "unknown token", "auditor's session", "submitter's session"),
)
SESSIONS = ("anonymous", *groups.GROUPS, "superuser")
BAD_TOKENS = {"expired", "revoked", "dismissed account", "unknown token"}
# What takes a POST, and of whom; everything else answers 405 to whoever is known.
POSTED = {"api/v1/submissions/", "api/v1/submissions/simple-contract/", "api/v1/submissions/validate/"}
# Pages with a form for everyone, and Django's view of a sitemap, which reads whatever the method is.
FORMS = {"submit/", "submit/table/", "submit/status/", "submit/proof/", "reply/", "reply/status/", "signed/"}
POSTERS = {"submitter", "lead", "superuser", "submitter's session"}


def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Yield every route of the site with its pattern."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, route)
        else:
            yield route, entry


def make_person(name: str, group: str = "", **fields):
    user = get_user_model().objects.create_user(name, is_staff=True, **fields)
    if group:
        user.groups.add(Group.objects.get(name=group))
    return user


class World:
    """The rows that addresses name, and the clients of every role."""

    def __init__(self) -> None:
        self.people = {group: make_person(group.lower(), group) for group in groups.GROUPS}
        self.people["superuser"] = make_person("root", is_superuser=True)
        self.former = make_person("former", groups.AUDITORS)
        self.secret_auditor = make_person(HIDDEN[2], groups.AUDITORS)
        self.publisher = Publisher.objects.create(slug="onlyone", name="Only One", ocid_prefix="ocds-test01")
        self.make_records()
        self.search = SavedSearch.objects.create(owner=self.stranger, name=HIDDEN[0], language="es")
        self.export = Export.objects.create(
            owner=self.stranger, is_public=False, list_name="flags", format="csv", query=HIDDEN[0], language="es"
        )
        self.mapping = keep_mapping(self.stranger, read_given({"columns": {HIDDEN[0]: "title", "b": "buyer"}}))
        self.make_flags()
        self.make_replies()
        self.make_comment_requests()
        self.make_rows()

    def make_records(self) -> None:
        load(*(release(f"ocds-test01-{number}") for number in range(1, 8)), publisher=self.publisher)
        claimed = release("ocds-claimed-1", buyer={"id": "B", "name": HIDDEN[0]})
        claimed["tender"]["title"] = f"Compra {HIDDEN[0]}"
        self.stranger = make_person("stranger", groups.SUBMITTERS)
        load(claimed, channel=Submission.Channel.API, user=self.stranger)
        mine = release("ocds-mine-1")
        self.mine = load(mine, channel=Submission.Channel.API, user=self.people[groups.SUBMITTERS])
        self.foreign = Submission.objects.get(origin__user=self.stranger)
        self.claim = Claim.objects.get(ocid="ocds-claimed-1")

    def make_document(self) -> Document:
        """A document that came with the claim, whose text nobody but the desk may know."""
        content = Content.objects.create(sha256="d" * 64, size=3)
        sent = Submission.objects.create(content=content, kind="document", channel="form", processed_at=timezone.now())
        document = Document.objects.create(
            content=content,
            cleaned=keep_bytes(pdf("Contrato")),
            kind="PDF",
            pages=1,
            pages_read=1,
            reader_version=1,
            read_on=timezone.now().date(),
        )
        document.texts.create(number=1, offset=0, text=f"Contrato {HIDDEN[0]}", source="text")
        Attachment.objects.create(submission=sent, about=self.claim.submission, attached_on=timezone.now().date())
        return document

    def make_flags(self) -> None:
        """One flag in each state; what no person confirmed says a hidden word, and so does each decision."""
        self.flags: dict[str, Flag] = {}
        # A flag that is reopened, or raised by hand, is new: it has no state of its own.
        first = Review.Decision.FIRST_CONFIRMATION
        shown = {Review.Decision.CONFIRMED, *Review.LEAVE_OPEN, first}
        hidden = (*(decision for decision in Review.Decision if decision not in shown), "new")
        records = iter(ContractingProcess.objects.public().order_by("pk"))
        for state in hidden:
            self.flags[state] = self.raise_flag(next(records), HIDDEN[0])
            if state != "new":
                self.review(self.flags[state], Review.Decision(state))
        self.flags["confirmed"] = self.raise_flag(next(records), SHOWN)
        self.review(self.flags["confirmed"], Review.Decision.CONFIRMED)
        self.flags["claimed"] = self.raise_flag(ContractingProcess.objects.get(claim=self.claim), HIDDEN[0])
        self.review(self.flags["claimed"], Review.Decision.CONFIRMED)
        self.flags["changed"] = self.raise_flag(changed := next(records), SHOWN)
        self.review(self.flags["changed"], Review.Decision.CONFIRMED)
        self.flags[first] = self.raise_flag(next(records), HIDDEN[0])
        self.review(self.flags[first], first)
        raised = self.raise_flag(changed, HIDDEN[0])
        assert (raised.pk, raised.state) == (self.flags["changed"].pk, Flag.State.CHANGED)

    def raise_flag(self, process: ContractingProcess, word: str) -> Flag:
        evidence = Evidence("/tender/numberOfTenderers", 1, note=word)
        return raise_flag(process, evidence, values={"count": 1, "method": word})

    def review(self, flag: Flag, decision: Review.Decision) -> None:
        flag.refresh_from_db()
        review_flag(flag=flag, reviewer=self.secret_auditor, decision=decision, reason=HIDDEN[1])

    def make_replies(self) -> None:
        """One that is held, and one that is published without how to reach its sender."""
        flag = self.flags["confirmed"]
        self.reply = Reply.objects.get(receipt=self.send_reply(flag=flag, party=HIDDEN[0], text=HIDDEN[0]))
        accepted = Reply.objects.get(receipt=self.send_reply(process=flag.process, party="Acme", text=SHOWN))
        decide_reply(
            reply=accepted, decided_by=self.secret_auditor, kind=ReplyDecision.Kind.ACCEPTED, reason=HIDDEN[1]
        )

    @staticmethod
    def send_reply(**told) -> Receipt:
        send_reply(kind=Reply.Kind.REPLY, speaker="Someone", contact=HIDDEN[0], **told)
        return Receipt.objects.latest("pk")

    def make_comment_requests(self) -> None:
        """Two that are public, of which one was taken back; and one on a flag that is not."""
        for name, party in (("confirmed", SHOWN), ("confirmed", HIDDEN[0]), ("new", HIDDEN[0])):
            told = {"party": party, "reference": HIDDEN[1], "asked_on": timezone.localdate()}
            how = CommentRequest.How.ACCESS_REQUEST
            request_comment(flag=self.flags[name], asked_by=self.secret_auditor, how=how, **told)
        taken_back = CommentRequest.objects.get(flag=self.flags["confirmed"], party=HIDDEN[0])
        kind = CommentRequestEntry.Kind.TAKEN_BACK
        enter(request=taken_back, by=self.secret_auditor, kind=kind, seen=None, reason=HIDDEN[1])

    def make_rows(self) -> None:
        """One row of each model that the admin has a page of."""
        self.rule_text = bytes(RulePage.of_version("R018", RULES["R018"].version) or b"").hex()
        lead = self.people[groups.LEADS]
        process, other = ContractingProcess.objects.public().order_by("pk")[:2]
        watchlist = Watchlist.objects.create(slug="list", name="List")
        token, _secret = ApiToken.objects.issue(user=self.people[groups.SUBMITTERS], name="own", scopes=["read"])
        record(lead, Action.LOGGED_IN)
        self.rows = {
            "auth_user": self.people[groups.JOURNALISTS],
            "auth_group": Group.objects.get(name=groups.AUDITORS),
            "audits_audit": self.flags["new"].last_audit,
            "audits_auditattempt": AuditAttempt.objects.create(
                process=process, key=b"k", leased_until=timezone.now(), failed_at=timezone.now()
            ),
            "audits_blindreview": BlindReview.objects.create(
                review=Review.objects.order_by("pk").first(),
                reviewer=lead,
                decision="dismissed",
                reason="s",
                agrees=True,
            ),
            "audits_cohort": Cohort.objects.create(name="price_gaps", key="PE", n=12, figures={}, digest=b"d"),
            "audits_flag": self.flags["new"],
            "audits_foureyeswaiver": FourEyesWaiver.objects.get_or_create(rule="T02", reason="s")[0],
            "audits_knownanswer": KnownAnswer.objects.create(
                flag=self.flags["new"], judged={}, decision="dismissed", reason=HIDDEN[1], made_by=lead
            ),
            "audits_lexiconterm": LexiconTerm.objects.create(concept="c", language="es", term="t", source="s"),
            "audits_publiclist": PublicList.objects.create(name="debarred", source="s"),
            "audits_reply": self.reply,
            "audits_review": Review.objects.order_by("pk").first(),
            "audits_ruleoverride": RuleOverride.objects.create(
                rule="R018", parameter="methods", value=[], source="s", enabled=False
            ),
            "audits_rulestate": RuleState.objects.create(rule="R018", value="live", source="s", enabled=False),
            "audits_suppression": Suppression.objects.create(
                rule="T02",
                organization=Organization.objects.order_by("pk").first(),
                role="buyer",
                until=timezone.localdate(),
                reason="s",
                owner=lead,
                enabled=False,
            ),
            "audits_watchlist": watchlist,
            "audits_watchlistentry": WatchlistEntry.objects.create(watchlist=watchlist, name="Firm", source="s"),
            "contracts_apitoken": token,
            "contracts_claim": self.claim,
            "contracts_contractingprocess": process,
            "contracts_document": self.make_document(),
            "contracts_attachment": Attachment.objects.get(),
            "contracts_intakepolicy": IntakePolicy.objects.get_or_create(pk=1)[0],
            "contracts_receipt": Receipt.objects.create(digest=b"d" * 32, made_on="2026-01-01"),
            "contracts_organization": Organization.objects.get(identifier="MPR850101AAA"),
            "contracts_publisher": self.publisher,
            "contracts_publishergrant": PublisherGrant.objects.create(user=lead, granted_by=lead),
            "contracts_release": Release.objects.order_by("pk").first(),
            "contracts_retentionpolicy": RetentionPolicy.objects.get_or_create(pk=1)[0],
            "contracts_samebody": propose(*Organization.objects.order_by("pk")[:2], proposed_by=lead),
            "contracts_sameprocess": SameProcess.objects.create(one=process, other=other, contracts=1),
            "contracts_submission": self.mine,
            "contracts_trailentry": TrailEntry.objects.order_by("pk").first(),
        }

    def client(self, role: str) -> Client:
        """Return the client of a role, by its token; a session where the role says so."""
        people, everything = self.people, list(ApiToken.Scope.values)
        match role:
            case "anonymous":
                return Client()
            case "unknown token":
                return Client(headers={"Authorization": "Token vdr_unknown_secret"})
            case "auditor's session" | "submitter's session":
                client = Client()
                client.force_login(people[groups.AUDITORS if role.startswith("auditor") else groups.SUBMITTERS])
                return client
        user, scopes = {
            "submitter": (people[groups.SUBMITTERS], everything),
            "journalist": (people[groups.JOURNALISTS], everything),
            "auditor without scope": (people[groups.AUDITORS], ["read"]),
            "lead": (people[groups.LEADS], everything),
            "superuser": (people["superuser"], everything),
            "dismissed account": (self.former, everything),
        }.get(role, (people[groups.AUDITORS], everything))
        token, secret = ApiToken.objects.issue(user=user, name=role, scopes=scopes)
        if role == "expired":
            ApiToken.objects.filter(pk=token.pk).update(expires_at=timezone.now())
        if role == "revoked":
            ApiToken.objects.filter(pk=token.pk).update(revoked_at=timezone.now())
        if role == "dismissed account":
            type(user).objects.filter(pk=user.pk).update(is_active=False)
        return Client(headers={"Authorization": f"Token {secret}"})

    def session(self, group: str) -> Client:
        """Return a client that has signed in to the admin as a member of a group."""
        client = Client()
        if group in self.people:
            client.force_login(self.people[group])
        return client

    def addresses(self, route: str) -> list[str]:
        """Return addresses of a route outside of the admin, one for each row that it can name."""
        values = {
            "ocid": ["ocds-test01-1", "ocds-test01-5", "ocds-claimed-1", "ocds-mine-1"],
            "slug": ["onlyone"],
            "code": ["R018"],
            "country": ["MX"],
            "technology": ["surveillance"],
            "kind": ["svg", "csv"],
            "format": ["csv", "jsonl", "xlsx"],
            "section": ["pages"],
            "name": ["suppliers"],
            "row": ["1/1/"],
            "sha256": [self.rows["contracts_document"].pk],
            "number": ["1"],
            "token": ["1:forged"],
            "dump": ["latest"],
            "digest": [self.rule_text],
        }
        if "submissions" in route:
            values["pk"] = [str(self.mine.pk), str(self.foreign.pk)]
        elif "flags" in route:
            values["pk"] = [str(flag.pk) for flag in self.flags.values()]
        elif "searches" in route:
            values["pk"] = [str(self.search.pk)]
        elif "table-mappings" in route:
            values["pk"] = [str(self.mapping.pk)]
        elif "exports" in route:
            values["pk"] = [str(self.export.pk)]
        else:
            values["pk"] = [str(self.rows["contracts_organization"].pk)]
        found = ["/" + route]
        for place in re.findall(r"<(?:\w+:)?(\w+)>", route):
            found = [re.sub(rf"<(?:\w+:)?{place}>", value, address) for address in found for value in values[place]]
        return found


def text_of(answer) -> str:
    return (b"".join(answer) if answer.streaming else answer.content).decode("utf-8", "replace")
