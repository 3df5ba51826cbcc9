"""The engine for the private PostgreSQL: the usual one, which also starts the server on the first connection."""

from typing import Any

from django.conf import settings

from config.database import base
from config.embedded import ensure_database
from config.embedded.postgresql import PORT


class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self) -> dict[str, Any]:
        server = ensure_database(settings.VEEDOR_HOME)
        self.settings_dict.update(HOST=str(server.sockets()), PORT=str(PORT))
        return super().get_connection_params()
