"""Permission to send records."""

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from contracts.api.protocol.tokens import has_scope
from contracts.models import ApiToken


class MaySubmit(BasePermission):
    """An account that may add submissions, in the browser or with a token of the scope `submit`."""

    def has_permission(self, request: Request, _view: APIView) -> bool:
        if not request.user or not request.user.is_authenticated:
            return False
        return has_scope(request, ApiToken.Scope.SUBMIT) and bool(request.user.has_perm("contracts.add_submission"))
