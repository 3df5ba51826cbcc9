"""Tax numbers of Brazil, which their check digits tell from any other number."""

CNPJ_LENGTH, CPF_LENGTH = 14, 11
# The weight after which weights begin anew at 2: Instrução Normativa RFB 2.119/2022 for CNPJ; both have two check
# digits, modulo 11.
_HEAVIEST = {CNPJ_LENGTH: 9, CPF_LENGTH: 11}
_CHECK_DIGITS = 2


def is_whole(digits: str) -> bool:
    """Return whether decimal digits are a CNPJ or a CPF with the check digits that it must have."""
    return len(digits) in _HEAVIEST and all(
        int(digits[end]) == _check_digit(digits[:end], _HEAVIEST[len(digits)])
        for end in range(len(digits) - _CHECK_DIGITS, len(digits))
    )


def is_cnpj(number: str) -> bool:
    """Return whether a number is a CNPJ: fourteen digits, not all the same, and the last two as they must be."""
    is_number = len(number) == CNPJ_LENGTH and number.isascii() and number.isdecimal()
    return is_number and len(set(number)) > 1 and is_whole(number)


def _check_digit(digits: str, heaviest: int) -> int:
    weights = [2 + place % (heaviest - 1) for place in range(len(digits))]
    rest = sum(int(digit) * weight for digit, weight in zip(reversed(digits), weights, strict=True)) % 11
    return 0 if rest < 2 else 11 - rest
