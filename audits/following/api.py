"""The saved searches of an account in the API."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import Http404, QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audits.following import tasks, webhooks
from audits.following.delivering import ask_again
from audits.following.news import newest
from audits.models import Delivery, SavedSearch
from audits.pages.searching.followed import problems_of
from contracts.api.protocol.access.tokens import has_scope, missing_scope
from contracts.api.protocol.problems import nearest, parameter_problem
from contracts.api.protocol.rows.opaque import shown
from contracts.api.protocol.views import ApiView
from contracts.models import ApiToken
from contracts.translating import language_asked

MAX_SEARCHES = 50
MAX_LISTED = 100


def too_many_searches() -> str:
    return _("An account saves %(number)d searches at most; delete one.") % {"number": MAX_SEARCHES}


class LanguageField(serializers.ChoiceField):
    """A language of the site; one without a region, such as ``pt``, means the first of its regions."""

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(language_asked(data) or data)


class SavedSearchRow(serializers.ModelSerializer):
    """A saved search. With `url`, news are posted there; without it, they are sent by e-mail once a day."""

    query = serializers.CharField(
        max_length=2000, help_text="Query string of a search on /search/, such as `country=PE&rule=T04`."
    )
    language = LanguageField(choices=settings.LANGUAGES, required=False)
    url = serializers.URLField(
        max_length=500,
        required=False,
        allow_blank=True,
        help_text="Address to post news to (https, on a public host); empty for e-mail.",
    )
    saved = serializers.DateTimeField(source="created_at", read_only=True)

    class Meta:
        model = SavedSearch
        fields = ["id", "name", "query", "language", "url", "enabled", "failures", "told_on", "saved"]
        read_only_fields = ["id", "failures", "told_on"]

    def validate_query(self, query: str) -> str:
        # People paste the whole address of a search.
        if query.startswith(("https://", "http://")):
            query = query.partition("#")[0].partition("?")[2]
        query = query.removeprefix("?")
        if problems := problems_of(QueryDict(query)):
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
    secret = serializers.CharField(
        read_only=True, help_text="Key that signs messages to `url`. It is shown only once: store it."
    )

    class Meta(SavedSearchRow.Meta):
        fields = [*SavedSearchRow.Meta.fields, "secret"]


class SavedSearchChange(SavedSearchRow):
    since = serializers.CharField(
        required=False, write_only=True, help_text="A cursor of /changes/: news after it is sent again."
    )

    class Meta(SavedSearchRow.Meta):
        fields = [*SavedSearchRow.Meta.fields, "since"]


class DeliveryRow(serializers.ModelSerializer):
    """One attempt to deliver a message. Only the status of the response is stored."""

    message = serializers.CharField(
        help_text="Id of the message, the same in each attempt, as in the header `webhook-id`."
    )
    url = serializers.CharField(help_text="Address that it was posted to; empty if sent by e-mail.")
    status = serializers.ChoiceField(
        ["waiting", "delivered", "failed"], help_text="State of the attempt; waiting: a repetition was requested."
    )
    replay = serializers.BooleanField(
        source="is_replay", help_text="Whether the attempt is a repetition that you requested."
    )
    tried = serializers.DateTimeField(source="tried_at", allow_null=True)
    answer = serializers.IntegerField(allow_null=True, help_text="HTTP status of the response, if any.")
    problem = serializers.CharField(source="reason", help_text="Why delivery failed; otherwise empty.")
    processes = serializers.IntegerField(help_text="Number of processes in the message.")

    class Meta:
        model = Delivery
        fields = ["id", "message", "url", "status", "attempt", "replay", "tried", "answer", "problem", "processes"]


class ReplayAsked(serializers.Serializer):
    delivery = serializers.IntegerField(
        min_value=1, max_value=2**63 - 1, help_text="Id of the delivery whose message is to be sent again."
    )


class MayFollow(BasePermission):
    """
    Permission for an account in the browser, or by a token with the scope `follow`.

    Other tokens have only public rights here, because they may be in shared scripts: whoever finds one must not read
    the account's searches or redirect its messages.
    """

    message: str

    def has_permission(self, request: Request, _view: APIView) -> bool:
        if not request.user or not request.user.is_authenticated:
            return False
        self.message = missing_scope(ApiToken.Scope.FOLLOW)
        return has_scope(request, ApiToken.Scope.FOLLOW)


class SavedSearchView(ApiView):
    """Base of the views of saved searches, which require an account and show only the searches of that account."""

    serializer_class: Any = SavedSearchRow
    permission_classes = (MayFollow,)
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
        """Return the requested language if the site has it, else the reader's."""
        asked = request.data.get("language") if isinstance(request.data, dict) else None
        return language_asked(asked) or language_asked(get_language()) or "en"

    def saved(self, request: Request, search: SavedSearch | None = None, **beside: Any) -> SavedSearch:
        """Validate and store the input; raises ValidationError, which names the member."""
        given = SavedSearchRow(search, data=request.data, partial=search is not None, context={"owner": request.user})
        known = set((SavedSearchRow if search is None else SavedSearchChange).Meta.fields)
        if isinstance(request.data, dict) and (unknown := sorted(request.data.keys() - known)):
            raise serializers.ValidationError({name: nearest(name, known) for name in unknown})
        given.is_valid(raise_exception=True)
        stored: SavedSearch = given.save(**beside)
        return stored


class SavedSearchListView(SavedSearchView):
    """List your saved searches, or save a search."""

    @extend_schema(operation_id="me_searches_list", responses=SavedSearchRow(many=True))
    def get(self, request: Request) -> Response:
        """List your saved searches. All of `/me/searches/` needs a token of the scope `follow`."""
        return Response(SavedSearchRow(self.searches(request), many=True).data)

    @extend_schema(operation_id="me_searches_create", request=SavedSearchRow, responses={201: SavedSearchCreated})
    def post(self, request: Request) -> Response:
        """
        Save a search.

        From then on, news of matching records that are published or amended, and of flags that are confirmed, are sent
        by e-mail once a day, or to `url` within minutes. Messages to `url` are signed as in
        https://www.standardwebhooks.com, with the secret in the response.
        """
        if self.searches(request).count() >= MAX_SEARCHES:
            raise parameter_problem("name", "invalid_parameter", too_many_searches())
        search = self.saved(request, owner=request.user, told=newest(), language=self.language(request))
        return Response(SavedSearchCreated(search).data, status=status.HTTP_201_CREATED)


class SavedSearchDetailView(SavedSearchView):
    """Read, change or delete a saved search."""

    @extend_schema(operation_id="me_searches_retrieve")
    def get(self, request: Request, pk: int) -> Response:
        """Read a saved search."""
        return Response(SavedSearchRow(self.found(request, pk)).data)

    @extend_schema(operation_id="me_searches_update", request=SavedSearchChange)
    def patch(self, request: Request, pk: int) -> Response:
        """
        Change a saved search.

        `since`, a cursor of /changes/, sends all news after it again.
        """
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
        """Delete a saved search."""
        self.found(request, pk).delete()
        return Response(status=status.HTTP_204_NO_CONTENT)


class DeliveryListView(SavedSearchView):
    """List the deliveries of a saved search, or send a message again."""

    serializer_class: Any = DeliveryRow

    @extend_schema(operation_id="me_searches_deliveries_list", responses=DeliveryRow(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """
        List the deliveries of a saved search.

        The list has the attempts of the last 30 days, the newest first.
        """
        return Response(DeliveryRow(self.found(request, pk).deliveries.all()[:MAX_LISTED], many=True).data)

    @extend_schema(operation_id="me_searches_deliveries_replay", request=ReplayAsked, responses={202: DeliveryRow})
    def post(self, request: Request, pk: int) -> Response:
        """
        Send a message of a saved search again.

        The message has the same id and is built from the same changes and query, without records that are no longer
        public. It is sent to the current `url` of the search, with one attempt.
        """
        search, asked = self.found(request, pk), ReplayAsked(data=request.data)
        asked.is_valid(raise_exception=True)
        delivery = search.deliveries.filter(pk=asked.validated_data["delivery"]).first()
        if delivery is None:
            raise serializers.ValidationError({"delivery": _("This search has no such delivery.")})
        waiting, is_new = ask_again(delivery)
        if is_new:
            transaction.on_commit(tasks.enqueue)
        return Response(DeliveryRow(waiting).data, status=status.HTTP_202_ACCEPTED)
