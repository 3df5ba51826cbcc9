"""
English: short days name the month.

Django writes 12/01/2026, which is the 12th of January wherever the day comes first, as in most countries that have
records here.
"""

SHORT_DATE_FORMAT = "N j, Y"
SHORT_DATETIME_FORMAT = "N j, Y, P"
