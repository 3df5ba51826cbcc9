"""What a rule said of itself when somebody decided by it: the text that a question rests on, at its own address."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from audits.judging.rule.pages import Page, parse
from audits.models import RulePage
from audits.rules import RULES
from contracts.pages.rendering import answer, at_its_address, in_the_readers_language
from contracts.translating import as_spoken, language_in_force


@require_safe
@at_its_address
@in_the_readers_language
def page(request: HttpRequest, language: str, code: str, digest: str) -> HttpResponse:
    """Show the text that has a digest, in hex, and never changes; 404 where no decision rests on it."""
    try:
        kept = RulePage.objects.get(code=code, digest=bytes.fromhex(digest))
    except (ValueError, RulePage.DoesNotExist):
        raise Http404 from None
    rule = RULES.get(code)
    return answer(
        request,
        "methodology/text_then.html",
        language,
        kept=kept,
        page=page_then(kept),
        digest=digest,
        in_force=rule.version if rule else None,
    )


def page_then(kept: RulePage) -> Page:
    """Return what a rule said of itself in a version that somebody decided by, in the reader's language."""
    language = language_in_force() if language_in_force() in kept.texts else "en"
    text = kept.texts[language]
    return parse(as_spoken(text["page"]), as_spoken(text["title"]), language)
