"""Messages by e-mail: what is new of a saved search, in the owner's language, with a link that stops them."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.signing import Signer
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from audits.following.news import News
from audits.models import SavedSearch
from audits.pages.searching.public_changes import questions_of
from contracts.pages.display import parties

MAX_ENTRIES = 50
_SIGNER = Signer(salt="saved searches")


def search_of(token: str) -> SavedSearch | None:
    """
    Return the search that a token ends, ``None`` if it is gone.

    :raises django.core.signing.BadSignature: if the token is not ours
    """
    return SavedSearch.objects.filter(pk=_SIGNER.unsign(token)).first()


def send(search: SavedSearch, news: News, site: str, message_id: str) -> None:
    """
    Send a message.

    :param message_id: the same in each attempt at one message, so that a mailbox shows once what was sent twice since
        the server's answer was lost
    :raises OSError: if the mail server does not take it (``smtplib.SMTPException`` is one)
    """
    stop = site + reverse("saved-search-stop", args=[_SIGNER.sign(str(search.pk))])
    shown = news.entries[:MAX_ENTRIES]
    with override(search.language):
        questions = questions_of(told for entry in shown for told in entry.told)
        text = render_to_string(
            "following/news.txt",
            {
                "search": search,
                "address": f"{site}{reverse('search')}?{news.query}",
                "entries": [
                    (
                        entry,
                        parties(entry.buyer, entry.suppliers),
                        [
                            line
                            for told in entry.told
                            for line in (
                                " ".join(filter(None, [told.in_words, told.address and site + told.address])),
                                questions.get(told.flag),
                            )
                            if line
                        ],
                    )
                    for entry in shown
                ],
                "left_out": max(len(news.entries) - MAX_ENTRIES, 0),
                "site": site,
                "stop": stop,
            },
        )
        subject = _("Veedor: %(name)s") % {"name": " ".join(search.name.split())}
        EmailMessage(
            subject,
            text,
            settings.DEFAULT_FROM_EMAIL,
            [search.owner.email],
            headers={
                "Message-ID": f"<{message_id}@{urlsplit(site).hostname}>",
                "List-Unsubscribe": f"<{stop}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
        ).send()
