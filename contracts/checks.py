"""What `manage.py check --deploy` says of the machine."""

import tempfile
from typing import Any

from django.core.checks import CheckMessage, Info, Tags, register
from django.utils.translation import gettext as _

from contracts.documents.recognising import missing_for_ocr
from contracts.files.isolated import ReaderDiedError, run_isolated


@register(Tags.security, deploy=True)
def check_enclosure(**_options: Any) -> list[CheckMessage]:
    """Tell what the kernel cannot take from processes that read strangers' files."""
    with tempfile.TemporaryFile() as nothing:
        try:
            lacks = next(run_isolated("contracts.files.enclosing", nothing))["lacks"]
        except (ReaderDiedError, StopIteration):
            lacks = ["files", "network"]
    texts = {
        "files": _(
            "Processes that read strangers' files can read or empty files of this account: the kernel has no "
            "Landlock, or one from before Linux 6.2."
        ),
        "network": _(
            "Processes that read strangers' files can open sockets and change who may read files of this account: the "
            "kernel takes no filter of calls."
        ),
    }
    hint = _("Let workers run on Linux 6.2 or later, under an account that can read nothing but the site.")
    return [
        Info(texts[name], hint=hint, id=f"contracts.I00{number}")
        for number, name in enumerate(texts, 1)
        if name in lacks
    ]


@register(Tags.security, deploy=True)
def check_recognition(**_options: Any) -> list[CheckMessage]:
    """Tell what is missing for pages that are pictures to be read."""
    missing = missing_for_ocr()
    if not missing:
        return []
    text = _("Pages of documents that are pictures stay unread: %(missing)s is missing.")
    hint = _("Install Tesseract with the languages spa, por and eng.")
    return [Info(text % {"missing": ", ".join(missing)}, hint=hint, id="contracts.I003")]
