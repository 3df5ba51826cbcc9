"""Messages by e-mail: news of a saved search in the owner's language, with an unsubscribe link."""

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
# With these, messages only reach the output of the worker.
_WITHOUT_SERVER = frozenset(f"django.core.mail.backends.{name}.EmailBackend" for name in ("console", "dummy"))


def has_server() -> bool:
    """Return whether the installation has a mail server (``EMAIL_URL``)."""
    return settings.EMAIL_BACKEND not in _WITHOUT_SERVER


def one_line(text: str) -> str:
    """Return a text of a record without line breaks, with which it could pretend to be more of a message."""
    return " ".join(text.split())


def search_of(token: str) -> SavedSearch | None:
    """
    Return the search that an unsubscribe token refers to, ``None`` if it is deleted.

    :raises django.core.signing.BadSignature: if the token is not ours
    """
    return SavedSearch.objects.filter(pk=_SIGNER.unsign(token)).first()


def send(search: SavedSearch, news: News, message_id: str) -> None:
    """
    Send a message.

    :param message_id: the same for each attempt, so that a mailbox shows a message once even if the server's answer to
        the first attempt was lost
    :raises OSError: if the mail server refuses it (``smtplib.SMTPException`` is one)
    """
    site = settings.VEEDOR_SITE
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
                        one_line(entry.called),
                        one_line(parties(entry.buyer, entry.suppliers)),
                        [
                            one_line(line)
                            for told in entry.told
                            for line in (
                                " ".join(filter(None, [told.in_words, told.address and site + told.address])),
                                questions.get(told.flag),
                            )
                            if line
                        ],
                        entry.address,
                    )
                    for entry in shown
                ],
                "left_out": max(len(news.entries) - MAX_ENTRIES, 0),
                "site": site,
                "stop": stop,
            },
        )
        subject = _("Veedor: %(name)s") % {"name": one_line(search.name)}
        post(search.owner.email, subject, text, message_id=message_id, stop=stop)


def post(address: str, subject: str, text: str, *, message_id: str, stop: str) -> None:
    """
    Send a message in plain text.

    :param message_id: without its host; mailboxes show once what they get twice under one id
    :param stop: the address that ends such messages, also by a click in the program for mail (RFC 8058)
    :raises OSError: if the mail server does not take it
    """
    EmailMessage(
        subject,
        text,
        settings.DEFAULT_FROM_EMAIL,
        [address],
        headers={
            "Message-ID": f"<{message_id}@{urlsplit(settings.VEEDOR_SITE).hostname}>",
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    ).send()
