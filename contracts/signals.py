"""The one fact that this app announces."""

from django.dispatch import Signal

# Sent after commit, with ``process_ids``: the compiled release of these contracting processes is new.
process_compiled = Signal()
