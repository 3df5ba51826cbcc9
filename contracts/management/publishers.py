"""The option ``--publisher`` of commands."""

from django.core.management.base import CommandError

from contracts.models import Publisher


def named_publisher(slug: str) -> Publisher:
    """
    Return the publisher of a slug.

    :raises CommandError: if there is none; it names those that there are
    """
    try:
        return Publisher.objects.get(slug=slug)
    except Publisher.DoesNotExist:
        raise unknown_publisher(slug) from None


def unknown_publisher(slug: str) -> CommandError:
    known = ", ".join(Publisher.objects.values_list("slug", flat=True)) or "none yet"
    return CommandError(f"There is no publisher {slug!r}. Known: {known}. Add it in the admin.")
