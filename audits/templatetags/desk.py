"""The lead's dashboard, for the index of the admin."""

from typing import Any

from django import template

from audits.admin.dashboard import PERMISSION, read_dashboard

register = template.Library()


@register.simple_tag(takes_context=True)
def lead_dashboard(context: Any) -> Any:
    """Return the dashboard for leads, ``None`` for others."""
    return read_dashboard() if context["request"].user.has_perm(PERMISSION) else None
