#!/usr/bin/env python3
"""Django's command line for Veedor."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from contracts.runtime.garbage_collection import end_without_looking

if __name__ == "__main__":
    if sys.argv[1:2] == ["indicators"]:
        # Its --settings is a file of Cardinal, which Django would take for a settings module; it needs no Django.
        from audits.indicators.command import main

        sys.exit(main(sys.argv[2:], prog="manage.py indicators"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    end_without_looking()
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # It names the variable; where in the settings it was read tells its reader nothing.
        if "--traceback" in sys.argv:
            raise
        sys.exit(str(error))
