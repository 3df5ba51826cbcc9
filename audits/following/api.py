"""The saved searches of an account in the API."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.http import Http404
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from audits.following import tasks, webhooks
from audits.following.delivering import ask_again
from audits.following.news import newest, problems_of
from audits.models import Delivery, SavedSearch
from contracts.api.protocol.opaque import shown
from contracts.api.protocol.problems import nearest, parameter_problem
from contracts.api.protocol.views import ApiView
from contracts.translating import language_asked

MAX_SEARCHES = 50
MAX_LISTED = 100


def too_many_searches() -> str:
    return _("An account saves %(number)d searches at most; delete one.") % {"number": MAX_SEARCHES}


class LanguageField(serializers.ChoiceField):
    """A language of the site; one without its region, as ``pt``, is the first of its regions."""

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(language_asked(data) or data)


class SavedSearchRow(serializers.ModelSerializer):
    """A saved search. Without `url` its news come by e-mail, once a day; with one they are posted there."""

    query = serializers.CharField(
        max_length=2000, help_text="What stands behind `?` in the address of /search/, such as `country=PE&rule=T04`."
    )
    language = LanguageField(choices=settings.LANGUAGES, required=False)
    url = serializers.URLField(max_length=500, required=False, allow_blank=True, help_text="https, of a public host.")
    saved = serializers.DateTimeField(source="created_at", read_only=True)

    class Meta:
        model = SavedSearch
        fields = ["id", "name", "query", "language", "url", "enabled", "failures", "told_on", "saved"]
        read_only_fields = ["id", "failures", "told_on"]

    def validate_query(self, query: str) -> str:
        # People copy the whole address of a search.
        query = urlsplit(query).query if query.startswith(("https://", "http://")) else query.removeprefix("?")
        if problems := problems_of(query):
            raise serializers.ValidationError(problems)
        return query

    def validate_url(self, url: str) -> str:
        if url and (problem := webhooks.problem_of(url)):
            raise serializers.ValidationError(problem)
        return url

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        owner = self.context["owner"]
        if not given.get("url", self.instance.url if self.instance else "") and not owner.email:
            raise serializers.ValidationError({"url": _("Your account has no e-mail address: give a webhook.")})
        return given


class SavedSearchCreated(SavedSearchRow):
    secret = serializers.CharField(read_only=True, help_text="Signs what is posted to `url`; keep it.")

    class Meta(SavedSearchRow.Meta):
        fields = [*SavedSearchRow.Meta.fields, "secret"]


class SavedSearchChange(SavedSearchRow):
    since = serializers.CharField(
        required=False, write_only=True, help_text="A cursor of /changes/: what came after it is told again."
    )

    class Meta(SavedSearchRow.Meta):
        fields = [*SavedSearchRow.Meta.fields, "since"]


class DeliveryRow(serializers.ModelSerializer):
    """One attempt to bring a message. It tells nothing of what was answered but the status."""

    message = serializers.CharField(help_text="Id of the message, the same in each attempt: `webhook-id`.")
    url = serializers.CharField(help_text="Where it was posted; empty: by e-mail.")
    status = serializers.ChoiceField(["waiting", "delivered", "failed"], help_text="waiting: asked for again.")
    replay = serializers.BooleanField(source="is_replay", help_text="Whether you asked for it again.")
    tried = serializers.DateTimeField(source="tried_at", allow_null=True)
    answer = serializers.IntegerField(allow_null=True, help_text="Status of the answer, if there was one.")
    problem = serializers.CharField(source="reason", help_text="Why it did not arrive.")
    processes = serializers.IntegerField(help_text="How many it tells of.")

    class Meta:
        model = Delivery
        fields = ["id", "message", "url", "status", "attempt", "replay", "tried", "answer", "problem", "processes"]


class ReplayAsked(serializers.Serializer):
    delivery = serializers.IntegerField(
        min_value=1, max_value=2**63 - 1, help_text="The id of one: its message is sent again."
    )


class SavedSearchView(ApiView):
    """What a view of saved searches needs: an account, and those of this account alone."""

    serializer_class: Any = SavedSearchRow
    permission_classes = (IsAuthenticated,)
    cache_control = "no-store"

    def searches(self, request: Request) -> Any:
        return SavedSearch.objects.filter(owner_id=request.user.pk)

    def found(self, request: Request, pk: int) -> SavedSearch:
        search: SavedSearch | None = self.searches(request).filter(pk=pk).first()
        if search is None:
            raise Http404
        return search

    @staticmethod
    def language(request: Request) -> str:
        """Return the language that is asked for, if it is one, else the reader's."""
        asked = request.data.get("language") if isinstance(request.data, dict) else None
        return language_asked(asked) or language_asked(get_language()) or "en"

    def saved(self, request: Request, search: SavedSearch | None = None, **beside: Any) -> SavedSearch:
        """Check what is given and store it; raises ValidationError, which names the member."""
        given = SavedSearchRow(search, data=request.data, partial=search is not None, context={"owner": request.user})
        known = set((SavedSearchRow if search is None else SavedSearchChange).Meta.fields)
        if isinstance(request.data, dict) and (unknown := sorted(request.data.keys() - known)):
            raise serializers.ValidationError({name: nearest(name, known) for name in unknown})
        given.is_valid(raise_exception=True)
        stored: SavedSearch = given.save(**beside)
        return stored


class SavedSearchListView(SavedSearchView):
    """
    List your saved searches, or save one.

    From then on you hear of records that are published or amended, and of flags that are confirmed: by e-mail once a
    day, or at `url` within minutes, signed as https://www.standardwebhooks.com describes, with the secret that the
    answer holds.
    """

    @extend_schema(operation_id="me_searches_list", responses=SavedSearchRow(many=True))
    def get(self, request: Request) -> Response:
        return Response(SavedSearchRow(self.searches(request), many=True).data)

    @extend_schema(operation_id="me_searches_create", request=SavedSearchRow, responses={201: SavedSearchCreated})
    def post(self, request: Request) -> Response:
        if self.searches(request).count() >= MAX_SEARCHES:
            raise parameter_problem("name", "invalid_parameter", too_many_searches())
        search = self.saved(request, owner=request.user, told=newest(), language=self.language(request))
        return Response(SavedSearchCreated(search).data, status=status.HTTP_201_CREATED)


class SavedSearchDetailView(SavedSearchView):
    """Read, change or delete a saved search. `since=` with a cursor of /changes/ tells again what came after it."""

    @extend_schema(operation_id="me_searches_retrieve")
    def get(self, request: Request, pk: int) -> Response:
        return Response(SavedSearchRow(self.found(request, pk)).data)

    @extend_schema(operation_id="me_searches_update", request=SavedSearchChange)
    def patch(self, request: Request, pk: int) -> Response:
        search = self.found(request, pk)
        again: dict[str, Any] = {}
        since = request.data.get("since") if isinstance(request.data, dict) else None
        if since is not None:
            try:
                number = shown(str(since))
            except ValueError:
                number = -1
            if not 0 <= number <= newest():
                raise parameter_problem("since", "invalid_cursor", _("since is a cursor of /changes/."))
            again = {"told": number, "told_on": None}
        search = self.saved(request, search, telling=None, failures=0, next_try_at=None, **again)
        return Response(SavedSearchRow(search).data)

    @extend_schema(operation_id="me_searches_delete", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        self.found(request, pk).delete()
        return Response(status=status.HTTP_204_NO_CONTENT)


class DeliveryListView(SavedSearchView):
    """
    List what was tried to tell of a saved search, the newest first, of 30 days; or have a message sent again.

    It is made of the same changes and the query of then under the same id, without what is not public any more, goes
    to the present `url` of the search, and is tried once.
    """

    serializer_class: Any = DeliveryRow

    @extend_schema(operation_id="me_searches_deliveries_list", responses=DeliveryRow(many=True))
    def get(self, request: Request, pk: int) -> Response:
        return Response(DeliveryRow(self.found(request, pk).deliveries.all()[:MAX_LISTED], many=True).data)

    @extend_schema(operation_id="me_searches_deliveries_replay", request=ReplayAsked, responses={202: DeliveryRow})
    def post(self, request: Request, pk: int) -> Response:
        search, asked = self.found(request, pk), ReplayAsked(data=request.data)
        asked.is_valid(raise_exception=True)
        delivery = search.deliveries.filter(pk=asked.validated_data["delivery"]).first()
        if delivery is None:
            raise serializers.ValidationError({"delivery": _("This search has no such delivery.")})
        waiting, is_new = ask_again(delivery)
        if is_new:
            transaction.on_commit(tasks.enqueue)
        return Response(DeliveryRow(waiting).data, status=status.HTTP_202_ACCEPTED)
