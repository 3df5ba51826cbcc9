"""Tax numbers that begin with zeros, which office programs drop where they take them for amounts."""

from contracts.tables.header_names import key

# What stands in a header → how many digits such a number has, and the weight after which weights begin anew at 2
# (Brazil: Instrução Normativa RFB 2.119/2022 for CNPJ; both have two check digits, modulo 11).
_NUMBERS = (("cnpj", 14, 9), ("cpf", 11, 11))
_CHECK_DIGITS = 2


def with_zeros(digits: str, header: str) -> str:
    """
    Return a number with the zeros before it, if its check digits say that they were there.

    :param digits: decimal ones: ``²`` is none
    """
    name = key(header)
    for part, length, heaviest in _NUMBERS:
        whole = digits.zfill(length)
        if part in name and len(digits) < length and _is_whole(whole, heaviest):
            return whole
    return digits


def _is_whole(digits: str, heaviest: int) -> bool:
    return all(
        int(digits[end]) == _check_digit(digits[:end], heaviest)
        for end in range(len(digits) - _CHECK_DIGITS, len(digits))
    )


def _check_digit(digits: str, heaviest: int) -> int:
    weights = [2 + place % (heaviest - 1) for place in range(len(digits))]
    rest = sum(int(digit) * weight for digit, weight in zip(reversed(digits), weights, strict=True)) % 11
    return 0 if rest < 2 else 11 - rest
