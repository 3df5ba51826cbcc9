"""
Releases of one contracting process → compiled release, by the standard's merge routine (ocdsmerge).

The rules are those of the OCDS 1.1.5 release schema, in short form: nothing is fetched.
"""

import warnings
from collections.abc import Iterable, Sequence
from typing import Any

from ocdsmerge.exceptions import DuplicateIdValueWarning, InconsistentTypeError
from ocdsmerge.merge import CompiledRelease, VersionedRelease

from contracts.ocds.codelists.codes import OUR_MEMBER
from contracts.ocds.corrections import Correction, shorten
from contracts.ocds.merging.agreeing import in_one_shape
from contracts.ocds.merging.history import date_of, oldest_first
from contracts.ocds.merging.same_ids import find_same_ids, has_entries_without_id
from contracts.ocds.pointers import escape

Json = dict[str, Any]

_ITEM_LISTS = [("tender", "items"), ("awards", "items"), ("contracts", "items")]
_ORGANIZATIONS = [
    ("parties",),
    ("buyer",),
    ("tender", "procuringEntity"),
    ("tender", "tenderers"),
    ("awards", "suppliers"),
    ("contracts", "implementation", "transactions", "payer"),
    ("contracts", "implementation", "transactions", "payee"),
]
_STAGES = ["tender", "awards", "contracts"]

# https://standard.open-contracting.org/1.1/en/schema/merging/
MERGE_RULES: dict[tuple[str, ...], str] = {
    **{(name,): "omitWhenMerged" for name in ("id", "date", "tag")},
    **{(*path, "additionalClassifications"): "wholeListMerge" for path in _ITEM_LISTS},
    **{(*path, "additionalIdentifiers"): "wholeListMerge" for path in _ORGANIZATIONS},
    **{(stage, name, "changes"): "wholeListMerge" for stage in _STAGES for name in ("amendment", "amendments")},
    ("parties", "roles"): "wholeListMerge",
    ("tender", "additionalProcurementCategories"): "wholeListMerge",
    ("tender", "submissionMethod"): "wholeListMerge",
    ("relatedProcesses", "relationship"): "wholeListMerge",
    ("contracts", "relatedProcesses", "relationship"): "wholeListMerge",
}


def compile_releases(releases: Sequence[Json]) -> tuple[Json, list[Correction]]:
    """
    Merge the releases of one ocid, oldest first in any time zone; those with equal dates in the given order.

    :param releases: at least one release; none is changed
    :returns: the compiled release, which shares parts with the releases, and the corrections that the merge needed.
        Entries lost or doubled by the routine are in its member ``veedor``, see ``same_ids``; such a member in a
        release is removed.
    """
    corrections: list[Correction] = []
    ordered = list(releases)
    if len(ordered) > 1:
        corrections.extend(
            Correction("/date", shorten(release.get("date")), None, "release_without_date_merged_first")
            for release in ordered
            if date_of(release) is None
        )
        ordered, changed = in_one_shape(_sorted(ordered))
        corrections.extend(changed)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        compiled = _merge(ordered, corrections)
    compiled.pop(OUR_MEMBER, None)
    duplicates = [warning for warning in caught if issubclass(warning.category, DuplicateIdValueWarning)]
    corrections.extend(Correction("", shorten(str(each.message)), None, "duplicate_id_merged") for each in duplicates)
    if duplicates or (len(ordered) > 1 and has_entries_without_id(compiled)):
        apart, overwritten = find_same_ids(compiled, ordered)
        corrections.extend(overwritten)
        if apart:
            compiled[OUR_MEMBER] = {"apart": apart}
    return compiled, corrections


def version_releases(releases: Sequence[Json]) -> Json | None:
    """
    Return the versioned release of one ocid: for each value, the releases with it, and their dates.

    ``None`` if the releases cannot be merged.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _merged(VersionedRelease(merge_rules=MERGE_RULES), map(_dated, _sorted(releases)))
        except (TypeError, AttributeError, KeyError):
            return None


def _sorted(releases: Sequence[Json]) -> list[Json]:
    return sorted(releases, key=oldest_first)


def _merge(ordered: list[Json], corrections: list[Correction]) -> Json:
    try:
        return _append_all(ordered)
    except TypeError:
        pass  # An id that is an object or a list.
    plain = [_with_plain_ids(release, "", corrections) for release in ordered]
    try:
        return _append_all(plain)
    except InconsistentTypeError:
        pass  # Entries of one list that share an id, and have a member in different structures.
    agreeing, changed = in_one_shape(plain, within=True)
    corrections.extend(changed)
    return _append_all(agreeing)


def _append_all(ordered: list[Json]) -> Json:
    if len(ordered) == 1:
        try:
            return _compile_one(ordered[0])
        except _NeedsMergeError:
            pass  # ocdsmerge merges objects that share an id.
    return _merged(CompiledRelease(merge_rules=MERGE_RULES), map(_dated, ordered) if len(ordered) > 1 else ordered)


def _merged(merge: CompiledRelease | VersionedRelease, ordered: Iterable[Json]) -> Json:
    """Merge releases in their order: ``Merger`` would sort dates as texts, and refuse a release without one."""
    for release in ordered:
        merge.append(release)
    # It appends to lists of the releases where a list holds objects and others.
    merge.data = {path: value.copy() if type(value) is list else value for path, value in merge.data.items()}
    merged: Json = merge.asdict()
    return merged


def _dated(release: Json) -> Json:
    return release if isinstance(release.get("date"), str) else {**release, "date": ""}


class _NeedsMergeError(Exception):
    """Raised if a single release must be merged with itself."""


def _compile_one(release: Json) -> Json:
    """
    Compile a single release like ocdsmerge, five times as fast: most processes have only one.

    Merging one release only removes null members, and objects and lists without any member.
    """
    date = release.get("date")
    own = {"id": f"{release.get('ocid')}-{date}", "date": date, "ocid": release.get("ocid")}
    compiled = {"tag": ["compiled"], **{name: value for name, value in own.items() if value is not None}}
    kept = {name: value for name, value in release.items() if name not in _OMITTED}
    return {**compiled, **(_without_nothing(kept, _RULES) or {})}


def _tree(rules: dict[tuple[str, ...], str]) -> Json:
    """Turn rules by path into rules inside rules: ``{"tender": {"submissionMethod": "wholeListMerge"}}``."""
    tree: Json = {}
    for path, rule in rules.items():
        place = tree
        for name in path[:-1]:
            place = place.setdefault(name, {})
        place[path[-1]] = rule
    return tree


_RULES = _tree(MERGE_RULES)
_OMITTED = frozenset(path[0] for path, rule in MERGE_RULES.items() if rule == "omitWhenMerged")
_NO_RULES: Json = {}


def _without_nothing(value: Json, rules: Json) -> Json | None:
    """
    Return an object without null members; ``None`` if nothing is left; the object itself, as nearly always, if nothing
    is removed.
    """
    changed: Json = {}
    has_member = False
    for key, member in value.items():
        kind = type(member)
        if kind is not dict and kind is not list:
            has_member = True
            if member is None:
                changed[key] = None
            continue
        rule = rules.get(key, _NO_RULES) if rules else _NO_RULES
        if rule == "wholeListMerge" or (kind is list and not _all_objects(member)):
            kept = member
        elif kind is dict:
            kept = _without_nothing(member, rule)
        else:
            entries = [_without_nothing(entry, rule) for entry in _distinct(member)]
            # Identical objects are not compared further.
            kept = (member if entries == member else [entry for entry in entries if entry is not None]) or None
        if kept is not None:
            has_member = True
        if kept is not member:
            changed[key] = kept
    if not has_member:
        return None
    if not changed:
        return value
    return {key: member for key, own in value.items() if (member := changed.get(key, own)) is not None}


def _all_objects(entries: list[Any]) -> bool:
    for entry in entries:  # noqa: SIM110  -- all() with a generator takes three times as long on short lists
        if type(entry) is not dict:
            return False
    return True


def _distinct(entries: list[Json]) -> list[Json]:
    if len(entries) == 1 and type(entries[0].get("id", "")) is str:
        return entries
    ids = [entry["id"] for entry in entries if "id" in entry]
    # For ocdsmerge, 1 and "1" are the same id, and so are 1 and true.
    if any(type(own) not in (str, int) for own in ids) or len(set(map(str, ids))) < len(ids):
        raise _NeedsMergeError
    return entries


def _with_plain_ids(value: Any, path: str, corrections: list[Correction]) -> Any:
    """Return a value with object and list ids of entries as texts."""
    if isinstance(value, dict):
        return {key: _with_plain_ids(member, f"{path}/{escape(key)}", corrections) for key, member in value.items()}
    if not isinstance(value, list):
        return value
    entries = []
    for index, entry in enumerate(value):
        at = f"{path}/{index}"
        plain = _with_plain_ids(entry, at, corrections)
        if isinstance(entry, dict) and isinstance(entry.get("id"), dict | list):
            own = str(entry["id"])
            corrections.append(Correction(f"{at}/id", shorten(entry["id"]), shorten(own), "id_not_scalar"))
            plain = {**plain, "id": own}
        entries.append(plain)
    return entries
