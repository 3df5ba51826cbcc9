"""
Recognise administrative software by how it is bought and what it is for.

"Locação de softwares para as secretarias" and "licença de uso de software de folha de pagamento" nearly always mean
administrative software, but the text classifier has seen few examples of it.
"""

import re

from audits.matching.texts.word_lists import Words

# Words that may stand between, and the maximum distance in characters from software to its task.
_OF_USE = (
    r"(?: e \w+|, \w+ e \w+)? (?:de |do |dos |da |del )?(?:direito de )?(?:uso (?:de |do |dos |del )?)?"
    r"(?:licenc\w+ (?:de )?(?:uso )?(?:de |do |dos )?)?"
)
_SOFTWARE = (
    r"(?:softwares?|programas? (?:de computador|informaticos?)|sistemas? (?:informati(?:cos?|zados?)|de informatica))"
)
_RENTED = re.compile(
    rf"\b(?:locac(?:ao|oes)|aluguel|alquiler|arrendamiento|arriendo|renta){_OF_USE}{_SOFTWARE}\W{{1,3}}\w+\W{{1,3}}\w"
)
_LICENSED = re.compile(
    rf"\b(?:ad?quisic(?:ao|ion)|cessao|concessao|contratac(?:ao|ion)|fornecimento|licenc(?:as?|ias?|ia?mento|iamiento)|"
    rf"provision|suministro){_OF_USE}{_SOFTWARE}\b"
)
_TASK_REACH = 150
# Names of what an administration runs itself, among the first words: "mantenimiento de la aplicación informática de
# pensiones", "fábrica de software". A device's software has other names.
_RUN = re.compile(
    r"\A.{0,70}?\b(?:aplicac(?:ao|ion) informatica|fabrica de software|programa de gest(?:ao|ion)|"
    r"sistemas? informaticos?|software factory)\b"
)
# General office programs that the word lists do not contain.
_OF_DESK = re.compile(r"\b(?:microsoft|office|ofimatic\w+|processa(?:dor|mento) de textos?|windows)\b")


def runs_administration(text: str, words: Words) -> bool:
    """
    Return whether software is rented, licensed for administrative tasks, or run by an administration by its name.

    None of it is an office program.
    """
    if words.pattern("desk_program", "hosted_tool").search(text) or _OF_DESK.search(text):
        return False
    tasks = words.pattern("administration")
    return bool(_RENTED.search(text) or _RUN.match(text)) or any(
        tasks.search(text[found.end() : found.end() + _TASK_REACH]) for found in _LICENSED.finditer(text)
    )
