"""Names of organizations: without legal forms, accents and the words for a branch in a country."""

import re
from functools import lru_cache

from msgspec import Struct

from audits.matching.normalize import fold_phrase

# Legal forms, folded and without points.
_LONG_FORMS = (
    "sociedad anonima promotora de inversion de capital variable|sociedad anonima bursatil de capital variable|"
    "sociedad de responsabilidad limitada de capital variable|sociedad anonima de capital variable|"
    "sociedad anonima cerrada|sociedad anonima abierta|sociedad por acciones simplificada|"
    "sociedad comercial de responsabilidad limitada|sociedad de responsabilidad limitada|"
    "empresa individual de responsabilidad limitada|sociedad anonima|sociedade anonima|sociedade limitada|"
    "compania limitada|compania anonima|unipessoal lda|s a p i de c v|sapi de cv|s a b de c v|sab de cv|"
    "s de r l de c v|s de rl de cv|s a de c v|sa de cv|s de r l|s de rl|s r l|s a c|s a s|s a a|s a|c a|c por a|"
    "e i r l|cia ltda|co ltd|company limited|pty ltd|pte ltd|s p a|s r o|b v|n v"
)
_SHORT_FORMS = (
    "sapi|sab|sac|saa|sas|srl|sca|sa|scrl|eirl|eireli|ltda|lda|limitada|cia|spa|gmbh|ag|ab|oyj|oy|nv|bv|plc|llc|llp|"
    "inc|incorporated|corp|corporation|co|ltd|limited|company|group|holding|holdings|pte|pty|sro|me|epp|bic"
)
_FORMS = sorted((*_LONG_FORMS.split("|"), *_SHORT_FORMS.split("|")), key=len, reverse=True)
_LEGAL = re.compile(rf"(?:^|(?<= ))(?:{'|'.join(_FORMS)})(?= |$)")
_COUNTRIES = (
    "argentina|bolivia|brasil|brazil|chile|colombia|costa rica|cuba|ecuador|el salvador|espana|guatemala|honduras|"
    "mexico|nicaragua|panama|paraguay|peru|portugal|republica dominicana|uruguay|venezuela|latinoamerica|latam|"
    "america latina|latin america|centroamerica|international|internacional"
)
_BRANCH = re.compile(
    rf"(?:^|(?<= ))(?:(?:sucursal|filial|branch)(?: (?:del?|do|da|en|no|em))?|"
    rf"(?:(?:del?|do|da|of|en|no|na) )?(?:{_COUNTRIES}))(?= |$)"
)
_CONSORTIUM = re.compile(
    r"(?:^|(?<= ))(?:consorcio|consorcios|union temporal|ut|ute|joint venture|associados|asociados)(?= |$)"
)
_POINTS = re.compile(r"[^\w\s+]+")
_SPACES = re.compile(r"\s+")
# Words that name a trade, not a firm: a name that starts with one is not told by it.
_TRADES = (
    "grupo group empresa tecnologia tecnologias technology technologies servicios sistemas seguridad soluciones "
    "security integra general national nacional china banco bank centro bosch new instituto corporacion corporation "
    "comercializadora telefonica software system systems fundacion fondo policia ministerio secretaria servicio "
    "interior"
)
_COMMON = frozenset(_TRADES.split())
# A single word tells a firm only if it has as many letters.
_DISTINCTIVE_LETTERS = 5


class NameForms(Struct, frozen=True, gc=False):
    """
    A name for comparison.

    ``whole`` is folded, without points; ``core`` also without legal form; ``local`` also without a branch's country.
    ``distinctive`` tells that the core, at the head of a longer name, still names the same firm; ``common`` that it
    is made of words of trade alone.
    """

    whole: str
    core: str
    local: str
    consortium: bool
    distinctive: bool
    common: bool

    @property
    def length(self) -> int:
        """Return the number of words of the core."""
        return self.core.count(" ") + 1


@lru_cache(maxsize=65536)
def name_forms(name: str) -> NameForms:
    """Return the forms of an organization's name."""
    points_out = fold_phrase(name).replace("'", "").replace("&", " y ")
    # "S.A.C." and "S. A. C." are one; "C.E.I.E.C." is CEIEC.
    whole = _SPACES.sub(" ", _POINTS.sub(" ", points_out)).strip()
    bare = _trim(_LEGAL.sub("", whole))
    core = bare or whole
    local = _trim(_BRANCH.sub("", core)) or core
    words = core.split(" ")
    common = all(word in _COMMON for word in words)
    distinctive = (len(words) > 1 and not common) or (len(core) >= _DISTINCTIVE_LETTERS and core not in _COMMON)
    return NameForms(whole, core, local, bool(_CONSORTIUM.search(whole)), distinctive, common)


def _trim(text: str) -> str:
    return _SPACES.sub(" ", text).strip()
