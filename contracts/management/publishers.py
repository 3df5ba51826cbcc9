"""The option ``--publisher`` of commands."""

from django.core.management.base import CommandError

from contracts.models import Publisher


def named_publisher(slug: str) -> Publisher:
    """
    Return the publisher of a slug.

    :raises CommandError: if there is none; it lists the known ones
    """
    try:
        return Publisher.objects.get(slug=slug)
    except Publisher.DoesNotExist:
        raise unknown_publisher(slug) from None


def unknown_publisher(slug: str) -> CommandError:
    known = ", ".join(Publisher.objects.values_list("slug", flat=True)) or "none yet"
    return CommandError(f"The publisher {slug!r} is not known. Known: {known}. Add it in the admin.")
