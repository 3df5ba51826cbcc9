"""The pages of saved searches: the list of an account, with deliveries, and the one that unsubscribes."""

from typing import Any

from django.core.signing import BadSignature
from django.db import transaction
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from audits.following import tasks
from audits.following.api import MAX_SEARCHES, SavedSearchRow, too_many_searches
from audits.following.delivering import ask_again
from audits.following.mail import search_of
from audits.following.news import newest
from audits.models import Delivery, SavedSearch
from contracts.pages.rendering import answer, form_page
from contracts.postgres.keys import key_of
from contracts.postgres.once import create_once

MAX_SHOWN = 20


@form_page
def page(request: HttpRequest, language: str) -> HttpResponse:
    """Show the account's saved searches; on POST, first do what ``wish`` names."""
    if not request.user.is_authenticated:
        return answer(request, "following/signed_out.html", language, status=403, back=request.get_full_path())
    own = SavedSearch.objects.filter(owner_id=request.user.pk)
    wish, given = request.POST.get("wish", ""), {"query": request.GET.get("query", "").removeprefix("?")[:2000]}
    created: SavedSearch | None = None
    problems: list[str] = []
    if wish == "save":
        given = {name: request.POST.get(name, "") for name in ("name", "query", "url")}
        created, problems = _save(request, given)
    elif request.method == "POST":
        _do(wish, own, key_of(request.POST.get("row", "")))
        return HttpResponseRedirect(request.get_full_path())
    return answer(
        request,
        "following/searches.html",
        language,
        status=400 if problems else 200,
        searches=own.prefetch_related(Prefetch("deliveries", Delivery.objects.all()[:MAX_SHOWN], "newest_deliveries"))[
            :MAX_SEARCHES
        ],
        created=created,
        given={} if created else given,
        problems=problems,
        account=request.user,
    )


def _save(request: HttpRequest, given: dict[str, str]) -> tuple[SavedSearch | None, list[str]]:
    """Save a search as the API does; return it, or the problems of the input."""
    if SavedSearch.objects.filter(owner_id=request.user.pk).count() >= MAX_SEARCHES:
        return None, [too_many_searches()]
    row = SavedSearchRow(data=given | {"language": get_language()}, context={"owner": request.user})
    if not row.is_valid():
        labels = {"name": _("Name"), "query": _("Query"), "url": _("Webhook")}
        return None, [f"{labels.get(name, name)}: {text}" for name, texts in row.errors.items() for text in texts]
    own = SavedSearch.objects.filter(enabled=True)
    with transaction.atomic():
        search, _is_new = create_once(own, owner=request.user, **row.validated_data, beside={"told": newest()})
    return search, []


def _do(wish: str, own: Any, row: int) -> None:
    """Carry out a request on one of the account's own searches or deliveries; unknown requests do nothing."""
    match wish:
        case "pause":
            own.filter(pk=row).update(enabled=False)
        case "resume":
            own.filter(pk=row).update(enabled=True, failures=0, next_try_at=None)
        case "delete":
            own.filter(pk=row).delete()
        case "replay":
            delivery = Delivery.objects.select_related("search").filter(search__in=own, pk=row).first()
            if delivery is not None and ask_again(delivery)[1]:
                transaction.on_commit(tasks.enqueue)


# Mail programs post here when their reader unsubscribes (RFC 8058); the address contains the signature.
@csrf_exempt
@form_page
def stop(request: HttpRequest, language: str, token: str) -> HttpResponse:
    """Ask for confirmation, and on POST end the messages of a saved search. Needs no sign-in."""
    try:
        search = search_of(token)
    except BadSignature as error:
        raise Http404 from error
    if request.method == "POST" and search is not None:
        search.enabled = False
        search.save(update_fields=["enabled"])
    is_over = search is None or not search.enabled
    title = _("Messages of a saved search")
    what = _("You get messages about “%(name)s”.") % {"name": search.name if search else ""}
    return answer(request, "following/stop.html", language, title=title, what=what, is_over=is_over)
