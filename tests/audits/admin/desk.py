"""The list of flags and the page of one, as a person of the desk uses them."""

import re
from urllib.parse import urlencode

from django.urls import reverse

from audits.admin.queue.addresses import FILTERS
from audits.judging.rule.vocabulary import Evidence, Finding, OutcomeKind, Severity
from audits.judging.rule_set import Outcome
from audits.models import Flag, Review
from tests.support.pages import change_page
from tests.support.triage import load_release, made_up_release, raise_flag, write_outcomes

LIST = "/admin/audits/flag/"
SAME = {"count": 1, "method": "open"}
TOGETHER = "/admin/audits/flag/together/"
RULES = {"R018": Severity.MEDIUM, "T01": Severity.HIGH, "R010": Severity.LOW}


def listed(client, **query) -> list[int]:
    """Return the keys of the flags that the list shows."""
    answer = client.get(LIST, query)
    assert answer.status_code == 200
    return [flag.pk for flag in answer.context["cl"].result_list]


def flag_with(severity=Severity.MEDIUM, release=None, **finding) -> Flag:
    return raise_flag(load_release(release or made_up_release()), severity=severity, **finding)


def page(flag, filters="", **parameters):
    """Return the address of the page of a flag, as a list that is filtered leads there."""
    query = {FILTERS: filters, **parameters}
    return change_page(flag) + "?" + urlencode(query)


def shown(client, address) -> dict:
    """What the form of a page carries along unseen."""
    html = client.get(address).content.decode()
    hidden = re.findall(r'<input type="hidden" name="(\w+)"(?: value="([^"]*)")?', html)
    return {name: value for name, value in hidden if name != "csrfmiddlewaretoken"}


def send(client, address, decision="confirmed", reason="Read tender and award.", form=None):
    """Decide on the page of a flag, or by a form that was shown before."""
    carried = shown(client, address) if form is None else form
    return client.post(address, {**carried, "decision": decision, "reason": reason})


def flag_of(buyer="Municipio de Tula", values=SAME, **finding) -> Flag:
    """Raise a flag of a buyer; flags with the same values are one group."""
    release = made_up_release()
    release["buyer"]["name"] = release["parties"][0]["name"] = buyer
    return raise_flag(load_release(release), values=values, **finding)


def carried(client, address) -> dict:
    html = client.get(address).content.decode()
    return {"seen": re.search(r'name="seen" value="([^"]+)"', html)[1]}


def page_of(*flags) -> str:
    return f"{TOGETHER}?flags={'-'.join(str(flag.pk) for flag in flags)}"


def batch_of(flag) -> Review:
    return flag.reviews.latest("pk").batch


def undo(client, batch):
    return client.post(reverse("admin:audits_flag_batch", args=[batch]), follow=True).content.decode()


def contract(*codes: str, words: str = "") -> dict[str, Flag]:
    """A contract of which rules ask; rule → its flag."""
    process = load_release(made_up_release())
    cites = (Evidence("/tender/title", "x"),)
    values = {"count": 1, "method": "open", "words": words or process.ocid}
    outcomes = [
        Outcome(
            code, OutcomeKind.FLAGGED, findings=(Finding(cites, severity=RULES[code], values={**values, "of": code}),)
        )
        for code in codes
    ]
    return {flag.rule: flag for flag in write_outcomes(process, *outcomes)}
