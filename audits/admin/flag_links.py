"""Flags as a list on the pages of what they are about."""

from collections.abc import Collection, Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from audits.models import Flag
from audits.pages.labels import sentence
from contracts.pages.display import admin_url


def flag_links(flags: Iterable[Flag], *, new: Collection[int] = ()) -> SafeString | str:
    """
    Write flags as a list, ``""`` if there are none.

    :param new: the primary keys of those to be marked as new
    """
    rows = format_html_join(
        "",
        '<li><span class="mark {}">{}</span> <span class="code">{}</span> <a href="{}">{}</a> '
        '<span class="quiet">{}</span>{}</li>',
        (
            (
                flag.severity,
                flag.get_severity_display(),
                flag.rule,
                admin_url(Flag, flag.pk),
                sentence(flag),
                flag.get_state_display(),
                format_html(" <strong>{}</strong>", _("not on the record")) if flag.pk in new else "",
            )
            for flag in flags
        ),
    )
    return format_html('<ul class="plain">{}</ul>', rows) if rows else ""
