"""Wiring: settings, addresses, the Celery application and the private servers of development."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
