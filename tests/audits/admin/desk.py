"""The list of flags and the page of one, as a person of the desk uses them."""

import re
from urllib.parse import urlencode

from audits.admin.queue.addresses import FILTERS
from audits.judging.rule.vocabulary import Severity
from audits.models import Flag
from tests.support.pages import change_page
from tests.support.triage import load_release, made_up_release, raise_flag

LIST = "/admin/audits/flag/"
SAME = {"count": 1, "method": "open"}


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
