"""Tax numbers that begin with zeros, which office programs drop where they take them for amounts."""

from contracts.ocds.tax_numbers import CNPJ_LENGTH, CPF_LENGTH, is_whole
from contracts.tables.header_names import key

# What stands in a header → how many digits such a number has.
_NUMBERS = (("cnpj", CNPJ_LENGTH), ("cpf", CPF_LENGTH))


def with_zeros(digits: str, header: str) -> str:
    """
    Return a number with the zeros before it, if its check digits say that they were there.

    :param digits: decimal ones: ``²`` is none
    """
    name = key(header)
    for part, length in _NUMBERS:
        whole = digits.zfill(length)
        if part in name and len(digits) < length and is_whole(whole):
            return whole
    return digits
