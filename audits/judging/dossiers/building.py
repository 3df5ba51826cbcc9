"""Build dossiers from compiled releases, with their digest."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, tzinfo
from typing import Any

from audits.judging.dossiers.process import Dossier
from audits.judging.figures.processes import ProcessFigures
from audits.matching.reference.data import Reference
from contracts.documents.texts import ReadDocument
from contracts.ocds.gate.document import encode
from contracts.ocds.parsing.parse import parse_process


def build_dossier(
    release: dict[str, Any],
    *,
    reference: Reference,
    country: str = "",
    zone: tzinfo = UTC,
    statistics: ProcessFigures | None = None,
    release_digest: bytes = b"",
    documents: Sequence[ReadDocument] = (),
    document_versions: Sequence[tuple[str, str]] = (),
) -> Dossier:
    """
    Return the dossier of a compiled release.

    :param release_digest: SHA-256 of the release's canonical JSON, if already known
    :param country: the publisher's country (ISO 3166-1 alpha-2), if known
    :param zone: the publisher's time zone, for dates without one
    :param documents: the documents of the process
    :param document_versions: the SHA-256 of each, with the version of its text
    :param statistics: figures about other processes; rules that need an absent one cannot judge
    """
    process, corrections = parse_process(release, country=country, zone=zone)
    figures = statistics or ProcessFigures()
    of_release = release_digest or hashlib.sha256(encode(release)).digest()
    return Dossier(
        process,
        reference=reference,
        statistics=figures,
        digest=dossier_digest(of_release, country, zone, figures, document_versions),
        corrections=corrections,
        documents=documents,
    )


def dossier_digest(
    release_digest: bytes,
    country: str,
    zone: tzinfo,
    statistics: ProcessFigures,
    document_versions: Sequence[tuple[str, str]] = (),
) -> str:
    """
    Return the SHA-256, in hexadecimal, of all input of a dossier.

    Lexicon and watchlists are not part of it: their digest belongs to the rule set.
    """
    read = encode(list(document_versions)) if document_versions else b""
    return hashlib.sha256(release_digest + encode([country, str(zone), statistics]) + read).hexdigest()
