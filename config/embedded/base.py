"""Django's engine for the private PostgreSQL: PostgreSQL's own, which starts the server on the first connection."""

from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base

from config.embedded import ensure_database
from config.embedded.postgresql import PORT


class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self) -> dict[str, Any]:
        server = ensure_database(settings.VEEDOR_HOME)
        self.settings_dict.update(HOST=str(server.sockets()), PORT=str(PORT))
        return super().get_connection_params()
