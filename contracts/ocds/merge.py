"""
Releases of one contracting process → compiled release, by the standard's merge routine (ocdsmerge).

The rules are facts of the OCDS 1.1.5 release schema, written here compactly: nothing is fetched.
"""

import warnings
from collections.abc import Sequence
from typing import Any

from ocdsmerge import Merger
from ocdsmerge.exceptions import DuplicateIdValueWarning

from contracts.ocds.corrections import Correction

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

# Lists of objects in OCDS: where one release has a lone object and another a list, the lone one becomes a list.
_OBJECT_LISTS = frozenset(
    {
        "additionalClassifications",
        "additionalIdentifiers",
        "amendments",
        "awards",
        "contracts",
        "details",
        "documents",
        "items",
        "lots",
        "milestones",
        "parties",
        "relatedProcesses",
        "suppliers",
        "tenderers",
        "transactions",
    }
)

_MERGER = Merger(merge_rules=MERGE_RULES)


def compile_releases(releases: Sequence[Json]) -> tuple[Json, list[Correction]]:
    """
    Merge the releases of one ocid, oldest first by their ``date`` as text (as ocdsmerge sorts them).

    :param releases: at least one release; none is changed
    :returns: the compiled release, and what had to be mended for the merge
    """
    corrections: list[Correction] = []
    ordered = list(releases)
    if len(ordered) > 1:
        corrections.extend(
            Correction("/date", release.get("date"), None, "release_without_date_merged_first")
            for release in ordered
            if not isinstance(release.get("date"), str)
        )
        ordered.sort(key=lambda release: release["date"] if isinstance(release.get("date"), str) else "")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        compiled = _merge(ordered, corrections)
    corrections.extend(
        Correction("", str(warning.message), None, "duplicate_id_merged")
        for warning in caught
        if issubclass(warning.category, DuplicateIdValueWarning)
    )
    return compiled, corrections


def _merge(ordered: list[Json], corrections: list[Correction]) -> Json:
    try:
        return _append_all(ordered)
    except (TypeError, AttributeError) as error:
        corrections.append(
            Correction("", str(error), "lone objects read as lists of one", "releases_disagree_in_shape")
        )
    mended = [_mend_lists(release, "", corrections) for release in ordered]
    try:
        return _append_all(mended)
    except (TypeError, AttributeError) as error:
        corrections.append(Correction("", str(error), "the newest release alone", "releases_can_not_be_merged"))
    return {**ordered[-1], "tag": ["compiled"]}


def _append_all(ordered: list[Json]) -> Json:
    # The sort is ours (a release without date must not stop the others), so ocdsmerge gets it done.
    if len(ordered) > 1:
        ordered = [release if isinstance(release.get("date"), str) else {**release, "date": ""} for release in ordered]
    compiled: Json = _MERGER.create_compiled_release(ordered)
    return compiled


def _mend_lists(value: Any, path: str, corrections: list[Correction]) -> Any:
    if isinstance(value, list):
        return [_mend_lists(entry, f"{path}/{index}", corrections) for index, entry in enumerate(value)]
    if not isinstance(value, dict):
        return value
    mended = {}
    for key, member in value.items():
        at = f"{path}/{key}"
        if key in _OBJECT_LISTS and isinstance(member, dict):
            corrections.append(Correction(at, "object", "a list of it", "object_where_array"))
            member = [member]  # noqa: PLW2901  -- the mended member takes the place of the found one
        if isinstance(member, list) and any(isinstance(entry, dict) and _odd_id(entry) for entry in member):
            corrections.append(Correction(at, "an id that is no text", "its JSON text", "id_not_scalar"))
            member = [  # noqa: PLW2901
                {**entry, "id": str(entry["id"])} if isinstance(entry, dict) and _odd_id(entry) else entry
                for entry in member
            ]
        mended[key] = _mend_lists(member, at, corrections)
    return mended


def _odd_id(entry: Json) -> bool:
    return isinstance(entry.get("id"), dict | list)
