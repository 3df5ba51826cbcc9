"""
How many records the full lexicon reads in a second, beside a plain pass of an automaton over folded text.

    python -m tests.benchmarks.matching [--count 20000] [--json]

A record is two texts, a title and a description, of a made-up release or of an ordinary purchase that holds nothing to
find. Records are read one after the other and what is found in them is let go, as between the batches of an audit. The
plain pass iterates `pyahocorasick` over texts folded beforehand and looks at no bounds: it is what any matching
costs at least. Each figure is the best of three runs in one process; only the ratio means much elsewhere.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import ahocorasick

from audits.matching.lexicon import phrases
from audits.matching.reference.data import Reference
from audits.matching.texts.normalize import fold
from contracts.ocds.parsing.objects import Text
from tests.benchmarks.bench import Bench
from tests.benchmarks.releases import compiled_releases
from tests.benchmarks.rows import Row, part

REFERENCE = Path(__file__).parents[2] / "fixtures" / "reference"
RUNS = 3
SEED = 7
# What states mostly buy: nine in ten records hold no technology, as in the notices that were labelled.
ORDINARY = [
    "Adquisición de útiles de oficina y papelería para las dependencias de la municipalidad, segundo trimestre",
    "Servicio de limpieza y mantenimiento de las áreas verdes de la sede central",
    "Mejoramiento de la carretera vecinal, tramo El Carmen - San Isidro, incluye obras de drenaje y señalización vial",
    "Fornecimento de gêneros alimentícios para a merenda escolar das unidades da rede municipal de ensino",
    "Compra de medicamentos e insumos médicos para el hospital regional según el listado anexo",
    "Contratação de empresa para a execução de obras de pavimentação asfáltica em diversas ruas do bairro Centro",
    "Supply and delivery of personal protective equipment and work clothing for the maintenance depot",
    "Servicio de alimentación para los participantes del taller de capacitación docente",
    "Alquiler de maquinaria pesada para la limpieza de cauces y quebradas en época de lluvias",
]


def records(count: int) -> list[tuple[Text, Text]]:
    """Return so many pairs of title and description; no two texts are the same."""
    found = []
    for index, release in enumerate(compiled_releases(SEED, count // 10 + 1)):
        tender = release["tender"]
        pairs = [(tender["title"], tender["description"])]
        for place, text in enumerate(ORDINARY):
            other = ORDINARY[(place + 1) % len(ORDINARY)]
            pairs.append((f"{text}, proceso {index}-{place}", f"{other}, expediente {index}-{place}"))
        found.extend(
            (Text("/tender/title", title, "title"), Text("/tender/description", description, "description"))
            for title, description in pairs
        )
    return found[:count]


def best(work: Callable[[], object]) -> float:
    """Seconds of processor time of the fastest of some runs: other programs on the machine do not count."""
    seconds = []
    for _ in range(RUNS):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return min(seconds)


def measure(count: int) -> dict[str, float]:
    """{what: records a second}, with the mean length and the mentions of a record"""
    reference = Reference.read(REFERENCE)
    texts = [text for record in records(count) for text in record]
    automaton = ahocorasick.Automaton()
    for phrase, _ in phrases(reference.terms):
        automaton.add_word(phrase, phrase)
    automaton.make_automaton()
    folded = [fold(text.value).text for text in texts]

    def pass_plainly() -> None:
        for text in folded:
            list(automaton.iter(text))

    def scan() -> None:
        for text in texts:
            reference.scan(text)

    return {
        "plain pass": count / best(pass_plainly),
        "lexicon and watchlists": count / best(scan),
        "characters a record": sum(len(text.value) for text in texts) / count,
        "mentions a record": sum(sum(map(len, reference.scan(text))) for text in texts) / count,
    }


@part("matching")
def matching(bench: Bench) -> Iterator[Row]:
    """Titles with their descriptions matched by lexicon and watchlists, to a plain Aho-Corasick pass."""
    figures = measure(min(bench.count, 20_000))
    ours, plain = figures["lexicon and watchlists"], figures["plain pass"]
    yield Row(
        "matching of title and description",
        f"{ours:,.0f}/s",
        f"plain pass: {plain:,.0f}/s",
        f"{ours / plain:.2g}",
        "–",
    )


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    figures = measure(options.count)
    if options.json:
        sys.stdout.write(json.dumps(figures) + "\n")
        return
    ratio = figures["lexicon and watchlists"] / figures["plain pass"]
    sys.stdout.writelines(f"{name:24} {figure:12,.1f}\n" for name, figure in figures.items())
    sys.stdout.write(f"{'ratio to the plain pass':24} {ratio:12.2f}\n")


if __name__ == "__main__":
    main()
