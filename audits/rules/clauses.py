"""
The rules that ask whether a contract, read whole, has words on something: one question, asked of eight clauses.

Of five of them words may favour the supplier, which is a question of its own.

They have one page and one sentence, in ``clauses.yaml`` of each language; its ``rules`` tell what is put in for each.
What a contract says of a clause are the rows with the code of the rule in ``fixtures/reference/clauses.csv``.
"""

from collections.abc import Container, Iterator, Mapping
from functools import cache
from pathlib import Path

from msgspec import Struct, yaml

from audits.facts.technology.clauses import DECIDING, KEEPING_DATA, READABLE_CHARACTERS, clause_findings
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.texts import RuleText
from audits.judging.rule.vocabulary import READER_PARAMETER, READER_THRESHOLD, Finding, Rule, Severity, Stage
from contracts.ocds.codelists.codes import LANGUAGES

# The technology that a contract is asked about a clause of.
_SECTORS: Mapping[str, Container[str] | None] = {"any": None, "keeping_data": KEEPING_DATA, "deciding": DECIDING}


class _Texts(Struct, frozen=True, forbid_unknown_fields=True):
    """
    What the rules say in one language; words in braces are those of ``rules`` or of ``technology``.

    ``favours`` is said of a rule whose clause may favour the supplier, and which has a sentence for it, ``supplier``.
    """

    page: str
    sentence: str
    favours: str
    favours_nobody: str
    technology: Mapping[str, str]
    rules: Mapping[str, Mapping[str, str]]


def _clause(code: str, name: str, technology: str, version: int) -> Rule:
    def judge(dossier: Dossier, *, readable_characters: int) -> Iterator[Finding]:
        yield from clause_findings(
            dossier, code, readable_characters=readable_characters, sectors=_SECTORS[technology]
        )

    judge.__name__ = name
    return Rule(
        code=code,
        stage=Stage.CONTRACT,
        severity=Severity.LOW,
        version=version,
        texts={language: _text(language, code, technology) for language in LANGUAGES},
        parameters={"readable_characters": READABLE_CHARACTERS, READER_PARAMETER: READER_THRESHOLD},
        judge=judge,
        lists=("clauses",),
    )


def _text(language: str, code: str, technology: str) -> RuleText:
    texts = _texts(language)
    own = texts.rules[code]
    favours = texts.favours if "supplier" in own else texts.favours_nobody
    page = texts.page.strip().replace("{favours}", favours.strip())
    for name, words in {**own, "technology": texts.technology[technology]}.items():
        page = page.replace(f"{{{name}}}", words)
    sentences = {"default": texts.sentence.replace("{words}", own["words_of_sentence"])}
    if "supplier" in own:
        sentences["supplier"] = own["supplier"]
    return RuleText(title=own["title"], sentences=sentences, page=page)


@cache
def _texts(language: str) -> _Texts:
    file = Path(__file__).parent / language / "clauses.yaml"
    return yaml.decode(file.read_bytes(), type=_Texts)


CLAUSES = (
    _clause("T23", "exit_and_portability", "any", 7),
    _clause("T24", "source_code_or_escrow", "keeping_data", 7),
    _clause("T25", "data_ownership", "keeping_data", 7),
    _clause("T26", "vendor_training_on_data", "keeping_data", 7),
    _clause("T27", "audit_rights", "any", 7),
    _clause("T28", "accuracy_and_bias_tests", "deciding", 6),
    _clause("T29", "human_oversight", "deciding", 6),
    _clause("T30", "security_and_termination", "any", 7),
)
