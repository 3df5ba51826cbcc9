"""Draw a sample of flags for reviewers, in files or at the desk; report their verdicts, or store them."""

import gzip
import json
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from audits.blind import judge_sampled, sample_flag
from audits.contributions.sources import sources_of
from audits.models import Flag, Verdict
from audits.models.flag_state import IS_CONTEXT
from audits.reference.reason_codes import reasons_for
from audits.reports.flag_samples import (
    MAX_WRONG,
    MIN_RIGHT,
    Candidate,
    VerdictCounts,
    VerdictError,
    WrittenVerdict,
    add_up,
    choose,
    count_verdicts,
    read_verdicts,
    write_verdict_form,
)
from audits.rules import RULES
from contracts.exporting import compiled_releases
from contracts.models import ContractingProcess

FLAGS, RECORDS, FORM = "flags.json", "records.jsonl.gz", "judged_{family}.csv"
# The families of rules, each with a form of its own: integrity and technology.
FAMILIES = "RT"


class Command(BaseCommand):
    help = (
        f"Write a random sample of standing flags for a reviewer: {FLAGS}, their compiled releases ({RECORDS}, "
        f"without contact points), and the forms {FORM.format(family='R')} and {FORM.format(family='T')}, to be "
        "filled in with RIGHT, TRUE BUT IDLE or WRONG and, if known, the cause, a code of "
        "fixtures/reference/reason_codes.csv. With --desk, put the sample among the blind reviews of auditors "
        "instead. With --verdicts, report the verdicts per rule and source: a rule reaches its goal if at least "
        f"{MIN_RIGHT:.0%} are right and at most {MAX_WRONG:.0%} wrong; with --as, store them as the blind reviews of "
        "an auditor. It changes no decision."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--output", type=Path, metavar="DIR", help="write a sample into this folder")
        what.add_argument(
            "--verdicts", type=Path, nargs="+", metavar="CSV", help="report the verdicts in these CSV files"
        )
        what.add_argument("--desk", action="store_true", help="put the sample among the blind reviews of auditors")
        parser.add_argument(
            "--as", dest="reader", metavar="USER", help="store the verdicts as blind reviews of this auditor"
        )
        parser.add_argument("--rule", action="append", metavar="CODE", help="only flags of this rule; repeatable")
        parser.add_argument("--waiting", action="store_true", help="leave out context flags, which are in no queue")
        parser.add_argument(
            "--per-rule", type=int, default=9, metavar="N", help="maximum number of flags per rule (default: 9)"
        )
        parser.add_argument(
            "--per-source",
            type=int,
            default=3,
            metavar="N",
            help="maximum number of flags per rule and source (default: 3)",
        )
        parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of the random sample (default: 0)")
        parser.add_argument(
            "--without",
            type=Path,
            action="append",
            default=[],
            metavar="JSON",
            help=f"leave out the flags of an earlier sample: its {FLAGS}; repeatable",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        unknown = set(options["rule"] or ()) - RULES.keys()
        if unknown:
            raise CommandError(f"There is no rule {', '.join(sorted(unknown))}.")
        if options["reader"] and not options["verdicts"]:
            raise CommandError("--as says whose the --verdicts are; there are none.")
        if options["verdicts"]:
            self._report(options)
        else:
            self._write(options)

    def _write(self, options: dict[str, Any]) -> None:
        asked = {pair for file in options["without"] for pair in _read_sample(file)}
        candidates, flags = _standing(options["rule"] or RULES, asked, with_context=not options["waiting"])
        chosen = choose(
            candidates, per_rule=options["per_rule"], per_source=options["per_source"], seed=options["seed"]
        )
        if options["desk"]:
            with transaction.atomic():
                drawn = Counter(sample_flag(flags[candidate.id])[1] for candidate in chosen)
            counts = {"flags": drawn[True], "drawn_before": drawn[False]}
            line = f"{drawn[True]} flags await blind reviews; {drawn[False]} were drawn before"
            self.stdout.write(json.dumps(counts) if options["json"] else line)
            return
        folder: Path = options["output"]
        records = 0
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for family in FAMILIES:
                of_family = [candidate for candidate in chosen if candidate.rule.startswith(family)]
                if of_family:
                    write_verdict_form(folder / FORM.format(family=family), of_family)
            entries = [_entry(flags[candidate.id]) for candidate in chosen]
            (folder / FLAGS).write_text(json.dumps(entries, ensure_ascii=False, indent=1), encoding="utf-8")
            with gzip.open(folder / RECORDS, "wb") as file:
                ocids = sorted({ocid for candidate in chosen for ocid in _ocids(flags[candidate.id])})
                for record in compiled_releases(ocids=ocids) if ocids else ():
                    file.write(record)
                    records += 1
        except OSError as error:
            raise CommandError(f"{error.filename or folder}: {error.strerror or error}") from error
        counts = Counter(candidate.rule for candidate in chosen)
        if options["json"]:
            self.stdout.write(json.dumps({"flags": len(chosen), "records": records, "rules": dict(counts)}))
            return
        self.stdout.write(f"{len(chosen)} flags on {records} records, in {folder}")
        for code, number in counts.items():
            self.stdout.write(f"{code:<6}{number:>6}")

    def _report(self, options: dict[str, Any]) -> None:
        try:
            rows = [row for file in options["verdicts"] for row in read_verdicts(file)]
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror or error}") from error
        except VerdictError as error:
            raise CommandError(str(error)) from error
        rows = [row for row in rows if row["rule"] in (options["rule"] or (row["rule"],))]
        counted = count_verdicts(rows)
        totals = {rule: add_up(sources.values()) for rule, sources in counted.items()}
        taken = _take_in(rows, _auditor(options["reader"])) if options["reader"] else {}
        if options["json"]:
            report = {
                rule: {
                    **totals[rule].as_json(),
                    "sources": {name: counts.as_json() for name, counts in sources.items()},
                }
                for rule, sources in counted.items()
            }
            of_all = {"all": add_up(totals.values()).as_json(), **({"taken": taken} if taken else {})}
            self.stdout.write(json.dumps({"rules": report, **of_all}))
            return
        self.stdout.write(f"{'':<36}{'right':>8}{'idle':>8}{'wrong':>8}{'unjudged':>10}  goal")
        for rule, sources in counted.items():
            self.stdout.write(_line(rule, totals[rule]))
            for name, counts in sources.items():
                self.stdout.write(_line(f"  {name}", counts))
        self.stdout.write(_line("all", add_up(totals.values())))
        if taken:
            line = "{kept} kept as blind reviews; {changed} flags changed since; {known} the reader had judged before"
            self.stdout.write(line.format_map(taken))


def _auditor(name: str) -> Any:
    user = get_user_model().objects.filter(username=name, is_active=True).first()
    if user is None or not user.has_perm("audits.add_review"):
        raise CommandError(f"{name} may not decide on flags.")
    return user


def _take_in(rows: Iterable[Mapping[str, str]], reader: Any) -> dict[str, int]:
    """
    Keep verdicts as the blind reviews of a person, all or none; return how many were kept, and why others were not.

    :raises CommandError: if a row names no flag of its rule, or a cause that does not fit its verdict
    """
    counts = {"kept": 0, "changed": 0, "known": 0}
    with transaction.atomic():
        for row in rows:
            if not row["verdict"]:
                continue
            verdict = Verdict(WrittenVerdict(row["verdict"]).name.lower())
            flag = _flag_of(row)
            cause = (row.get("cause") or "").strip()
            if cause and (cause, verdict) not in {(entry.code, entry.verdict) for entry in reasons_for([flag.rule])}:
                raise CommandError(f"flag {flag.pk}: {cause!r} is no cause of {row['verdict']} for {flag.rule}")
            if bytes(flag.judged_digest).hex() != row["digest"]:
                counts["changed"] += 1
                continue
            sampled, _is_new = sample_flag(flag)
            why = (row.get("why") or "").strip()
            is_kept = judge_sampled(sampled, reviewer=reader, verdict=verdict, reason_code=cause, reason=why)
            counts["kept" if is_kept else "known"] += 1
    return counts


def _flag_of(row: Mapping[str, str]) -> Flag:
    number = (row.get("id") or "").strip()
    if "digest" not in row:
        raise CommandError(
            "the column digest is missing: it shows whether flags have changed since they were reviewed"
        )
    flag = Flag.objects.filter(pk=number).first() if number.isdecimal() else None
    if flag is None or flag.rule != row["rule"]:
        raise CommandError(f"there is no flag {number or '?'} of {row['rule']}")
    return flag


def _standing(
    codes: Iterable[str], asked: set[tuple[str, str]], *, with_context: bool
) -> tuple[list[Candidate], dict[int, Flag]]:
    """Return the standing public flags, as candidates and by id, without those already ``asked``: (rule, subject)."""
    standing = Flag.objects.standing().on_public_subjects().filter(rule__in=list(codes))
    flags = {
        flag.pk: flag
        for flag in (standing if with_context else standing.filter(~IS_CONTEXT))
        .select_related("process", "organization")
        .defer("process__compiled_release", "process__corrections")
    }
    counted = {ocid for flag in flags.values() for ocid in _ocids(flag)}
    publishers = sources_of(counted) | dict(
        ContractingProcess.objects.public()
        .filter(ocid__in=counted, publisher__isnull=False)
        .values_list("ocid", "publisher__name")
    )
    candidates = [
        Candidate(flag.pk, flag.rule, _source(flag, publishers), bytes(flag.fingerprint), bytes(flag.judged_digest))
        for flag in flags.values()
        if (flag.rule, flag.subject) not in asked
    ]
    return candidates, flags


def _source(flag: Flag, publishers: dict[str, str]) -> str:
    """Return the publisher's name, else the source; for an organization, that of most of the counted processes."""
    sources = Counter(publishers.get(ocid, ocid) for ocid in _ocids(flag))
    return min(sources, key=lambda source: (-sources[source], source), default="")


def _ocids(flag: Flag) -> list[str]:
    """Return the processes that a flag stands on."""
    if flag.process is not None:
        return [flag.process.ocid]
    return [place["ocid"] for place in flag.evidence if place.get("ocid")]


def _entry(flag: Flag) -> dict[str, Any]:
    return {
        "id": flag.pk,
        "rule": flag.rule,
        "version": flag.rule_version,
        "severity": flag.severity,
        "subject": flag.subject,
        "sentence": flag.render("en"),
        "evidence": flag.evidence,
        "parameters": flag.parameters,
    }


def _read_sample(file: Path) -> set[tuple[str, str]]:
    try:
        return {(entry["rule"], entry["subject"]) for entry in json.loads(file.read_text(encoding="utf-8"))}
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise CommandError(f"{file} does not hold the flags of a sample: {error}") from error


def _line(name: str, counts: VerdictCounts) -> str:
    goal = {True: "reached", False: "missed", None: "-"}[counts.reaches_goal]
    figures = f"{counts.right:>8}{counts.idle:>8}{counts.wrong:>8}{counts.unjudged:>10}"
    return f"{name:<36}{figures}  {goal}"
