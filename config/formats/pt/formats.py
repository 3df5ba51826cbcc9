"""Portuguese, of Brazil and of Portugal: moments name their time zone."""

TIME_FORMAT = "H:i e"
DATETIME_FORMAT = r"j \d\e F \d\e Y à\s H:i e"
SHORT_DATETIME_FORMAT = "d/m/Y H:i e"
