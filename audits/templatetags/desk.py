"""What waits, for the index of the admin: the lead's dashboard, and the queues of those who decide."""

from typing import Any

from django import template

from audits.admin.dashboard import (
    PERMISSION,
    read_dashboard,
    read_own_decisions,
    read_own_queues,
    read_queues,
    read_waiting,
)
from audits.admin.deciding.desk_actions import DECIDE
from contracts.pages.display import is_day

register = template.Library()
register.filter("is_day", is_day)


@register.simple_tag(takes_context=True)
def lead_dashboard(context: Any) -> Any:
    """Return the dashboard for leads, ``None`` for others."""
    return read_dashboard() if context["request"].user.has_perm(PERMISSION) else None


@register.simple_tag(takes_context=True)
def desk_queues(context: Any) -> Any:
    """Return the queues of a person who decides, ``None`` for others."""
    person = context["request"].user
    return read_queues(person) if person.has_perm(DECIDE) else None


@register.simple_tag(takes_context=True)
def own_queues(context: Any) -> Any:
    """Return the queues that are a person's own, for those who have the dashboard for the others."""
    person = context["request"].user
    return read_own_queues(person) if person.has_perm(DECIDE) else None


@register.simple_tag(takes_context=True)
def own_decisions(context: Any) -> Any:
    """Return the latest decisions of a person who decides, ``None`` for others."""
    person = context["request"].user
    return read_own_decisions(person) if person.has_perm(DECIDE) else None


@register.simple_tag(takes_context=True)
def desk_waiting(context: Any) -> Any:
    """Return the rules whose flags wait for a person who decides, ``None`` for others."""
    return read_waiting() if context["request"].user.has_perm(DECIDE) else None
