"""Tax numbers that begin with zeros, which office programs drop where they take them for amounts."""

from contracts.ocds.written.tax_numbers import CPF, REGISTERS
from contracts.tables.header_names import key

# What stands in a header → how many digits such a number has, and its register.
_NUMBERS = (("cnpj", 14, REGISTERS["BR"]), ("cpf", 11, CPF), ("ruc", 13, REGISTERS["EC"]))


def with_zeros(digits: str, header: str) -> str:
    """
    Return a number with the zeros before it, if its check digits say that they were there.

    :param digits: decimal ones: ``²`` is none
    """
    name = key(header)
    for part, length, register in _NUMBERS:
        whole = digits.zfill(length)
        if part in name and len(digits) < length and register.own_number(whole):
            return whole
    return digits
