"""The WSGI application of the web server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# A reader waits for a page, a worker for a batch: only the web server gives up after seconds.
os.environ.setdefault("VEEDOR_STATEMENT_TIMEOUT", "15")
os.environ.setdefault("VEEDOR_LOCK_TIMEOUT", "2")

application = get_wsgi_application()
