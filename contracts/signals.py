"""Signals of this app."""

from django.dispatch import Signal

# Sent in the transaction that writes them, with ``process_ids``: releases of these contracting processes are new. What
# they were merged to may be the same as before.
releases_stored = Signal()
# Sent in the transaction that saves it, with ``publisher_id``: its country or time zone is another one.
publisher_changed = Signal()
# Sent in the transaction that changes it, with ``process_ids``: other documents belong to these contracting processes.
documents_changed = Signal()
# Sent in the transaction that changes it, with ``process_ids``: these count in sums by themselves, or do no longer.
counting_changed = Signal()
# Sent after commit, with ``process_ids``: the compiled release of these contracting processes is new.
process_compiled = Signal()
# Sent in the transaction of a run of retention, with ``decided_before`` and ``dry_run``: what people told the desk
# alone, about what was decided on before, is removed. Receivers return of how many.
contacts_expired = Signal()
# Sent in the transaction that takes it back, with ``was_public``: claims about records are rejected or erased.
record_withdrawn = Signal()
# Sent in the transaction that retires them, with ``process_ids``: these rows are now empty; ``were_public`` says
# whether any was public.
processes_retired = Signal()
# Sent in the transaction that erases it, with ``process_ids``: everything about them is gone, and they are empty.
processes_emptied = Signal()
