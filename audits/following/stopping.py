"""The page that ends the messages of a saved search; who has the message may do so without signing in."""

from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from audits.following.mail import search_of
from contracts.pages.rendering import answer, in_the_readers_language


# Programs for mail post here when their reader unsubscribes (RFC 8058); the address holds the signature.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@in_the_readers_language
def page(request: HttpRequest, language: str, token: str) -> HttpResponse:
    """Ask, and on POST end the messages."""
    try:
        search = search_of(token)
    except BadSignature as error:
        raise Http404 from error
    if request.method == "POST" and search is not None:
        search.enabled = False
        search.save(update_fields=["enabled"])
    is_over = search is None or not search.enabled
    return answer(request, "following/stop.html", language, name=search.name if search else "", is_over=is_over)
