"""What the schedule (Celery beat) does, and how often: name of a task → its entry; numbers are seconds."""

from typing import Any

from celery.schedules import crontab


def _every(seconds: int, expires: int) -> dict[str, Any]:
    """Return when a task is due; a message that nobody took by then is passed over, for the next one is there."""
    return {"schedule": seconds, "options": {"expires": expires}}


def _at_night(hour: int, minute: int) -> dict[str, Any]:
    return {"schedule": crontab(hour=hour, minute=minute), "options": {"expires": 6 * 3600}}


_DUE = {
    # The sweep: what no message reminded a worker of is found here.
    "contracts.process_due_submissions": _every(30, 25),
    "contracts.recompile_records": _every(30, 25),
    "audits.audit_due_processes": _every(30, 25),
    # Cheap while nothing changed: it reads an index of buyers whose figures were not looked at since.
    "audits.check_peer_groups": _every(5, 4),
    "audits.audit_organizations": _every(5, 4),
    "audits.refresh_cohorts": _every(600, 590),
    "contracts.keep_retention": _every(3600, 3500),
    "contracts.clear_sessions": _every(3600, 3500),
    "audits.tell_saved_searches": _every(300, 290),
    "audits.send_summaries": _every(600, 590),
    "audits.count_pages": _every(60, 55),
    "audits.write_exports": _every(30, 25),
    "audits.write_dump": _at_night(3, 10),
    "contracts.read_documents_anew": _every(60, 55),
    "contracts.propose_bodies": _at_night(4, 40),
    "contracts.look_for_published": _at_night(4, 50),
    "contracts.look_for_twice": _at_night(5, 0),
    "audits.check_sums": _at_night(5, 20),
    "audits.publish_figures": _every(600, 590),
    "audits.total_outcomes": _every(600, 590),
}
SCHEDULE = {task: {"task": task, **due} for task, due in _DUE.items()}
