"""A page of a document for the desk: its picture with marked passages, beside its text."""

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from audits.admin.records.document_hits import Hit, hits_of, neighbours, pieces_of
from contracts.admin.processes import process_links
from contracts.documents.copies import page_picture
from contracts.documents.pictures import PAINTERS
from contracts.documents.places import Quad, quads
from contracts.documents.texts import ReadPage
from contracts.intake.documents.attaching import processes_of
from contracts.intake.received.receiving import StoredSource
from contracts.models import ContractingProcess, Document
from contracts.ocds.problems import RefusedError

# Maximum number of marked passages, whose places are in the address of the picture.
MAX_MARKS = 40
# Kind of a document → suffix and content type of its copy; the copy of an RTF is its text.
_COPIES = {
    "PDF": ("pdf", "application/pdf"),
    "DOCX": ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "ODT": ("odt", "application/vnd.oasis.opendocument.text"),
    "RTF": ("txt", "text/plain; charset=utf-8"),
    "TXT": ("txt", "text/plain; charset=utf-8"),
    "PNG": ("png", "image/png"),
    "JPEG": ("jpeg", "image/jpeg"),
    "TIFF": ("tiff", "image/tiff"),
}


def _seen_by_desk(request: HttpRequest, sha256: str) -> Document:
    """Return a document; raises Http404 for people who may not see documents."""
    if not request.user.has_perm("contracts.view_document"):
        raise Http404
    return get_object_or_404(Document.objects.filter(reader_version__gt=0), pk=sha256)


@require_safe
@never_cache
def page(request: HttpRequest, sha256: str, number: int) -> HttpResponse:
    """
    Show a page. ``#c=start-end`` leads to a known passage, ``?c=start-end`` marks any.

    Keys: n and p for the next and the previous passage, in the whole document.
    """
    document = _seen_by_desk(request, sha256)
    texts = dict(document.texts.values_list("number", "text"))
    if not 1 <= number <= max(document.pages, *texts, 0):
        raise Http404
    hits = hits_of(sha256, texts)
    kept = document.texts.filter(number=number).first()
    read = kept.as_read if kept else ReadPage(number, "")
    asked = _requested_passages(request, number, len(read.text))
    here = sorted({hit for hit in (*hits, *asked) if hit.page == number})
    spot = asked[0].start if asked else -1
    before, after = neighbours(hits, number, spot)
    marks = "&".join(f"c={hit.start}-{hit.end}" for hit in here[:MAX_MARKS])
    context = {
        **admin.site.each_context(request),
        "is_nav_sidebar_enabled": False,
        "title": _title(read, document),
        "document": document,
        "number": number,
        "is_read": number in texts,
        "pieces": pieces_of(read, here),
        "hits": here,
        "before": before,
        "after": after,
        "previous_page": number - 1 if number > 1 else None,
        "next_page": number + 1 if number < document.pages else None,
        "picture": f"{number}.png?{marks}" if document.cleaned_id and document.kind in PAINTERS else "",
        "processes": process_links(ContractingProcess.objects.filter(pk__any_of=processes_of(sha256))),
    }
    return TemplateResponse(request, "admin/audits/document_page.html", context)


def _title(read: ReadPage, document: Document) -> str:
    values = {"number": read.number, "all": document.pages}
    if not read.paragraphs:
        return _("Page %(number)d of %(all)d") % values
    values |= {"first": read.paragraphs[0][1], "last": read.paragraphs[-1][1]}
    return _("Part %(number)d of %(all)d: paragraphs %(first)d to %(last)d") % values


@require_safe
@never_cache
def picture(request: HttpRequest, sha256: str, number: int) -> HttpResponse:
    """Return a picture of the cleaned copy of a page, rendered in a resource-limited process."""
    document = _seen_by_desk(request, sha256)
    if document.cleaned is None or document.kind not in PAINTERS or number < 1:
        raise Http404
    kept = document.texts.filter(number=number).first() if "c" in request.GET else None
    marked: list[Quad] = []
    if kept:
        read = kept.as_read
        for hit in _requested_passages(request, number, len(read.text)):
            marked += quads(read.text, read.places, hit.start, hit.end)
    try:
        with StoredSource(document.cleaned).open() as file:
            png = page_picture(file, document.kind, number, marked)
            return HttpResponse(png, content_type="image/png")
    except RefusedError as refused:
        raise Http404 from refused


@require_safe
@never_cache
def copy(request: HttpRequest, sha256: str) -> HttpResponse:
    """Send the cleaned copy: to everyone if a person published it, else to the desk."""
    document = Document.objects.exclude(published_on=None).filter(pk=sha256).first()
    document = document or _seen_by_desk(request, sha256)
    if document.cleaned is None:
        raise Http404
    content = b"".join(StoredSource(document.cleaned).chunks())
    suffix, media_type = _COPIES[document.kind]
    headers = {"Content-Disposition": f'attachment; filename="{sha256[:12]}.{suffix}"'}
    return HttpResponse(content, content_type=media_type, headers=headers)


def _requested_passages(request: HttpRequest, number: int, length: int) -> list[Hit]:
    """Return the passages of the address that lie within the text."""
    found: list[Any] = []
    for value in request.GET.getlist("c")[:MAX_MARKS]:
        first, _dash, last = value.partition("-")
        if first.isdecimal() and last.isdecimal() and len(value) < 20 and int(first) < int(last):
            start, end = int(first), int(last)
            if end <= length:
                found.append(Hit(number, start, end, ""))
    return found


urlpatterns = [
    path("<sha256:sha256>/pages/<int:number>", page, name="document-page"),
    path("<sha256:sha256>/pages/<int:number>.png", picture, name="document-picture"),
    path("<sha256:sha256>/copy", copy, name="document-copy"),
]
