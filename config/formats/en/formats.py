"""
English: short days name the month, and moments their time zone.

Django writes 12/01/2026, which is the 12th of January wherever the day comes first, as in most countries that have
records here. Readers and the people at the desk live in many time zones, and the site has one.
"""

SHORT_DATE_FORMAT = "N j, Y"
TIME_FORMAT = "P e"
DATETIME_FORMAT = "N j, Y, P e"
SHORT_DATETIME_FORMAT = "N j, Y, P e"
