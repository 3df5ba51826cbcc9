"""The address space that one process may use: a request or task that asks for more fails, and the machine survives."""

import resource

from django.conf import settings


def limit_memory() -> None:
    """Hold this process, and those it starts, to `VEEDOR_MAX_PROCESS_BYTES`; 0 is no limit."""
    limit = settings.VEEDOR_MAX_PROCESS_BYTES
    if limit:
        _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))
