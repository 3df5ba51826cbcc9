"""
Summaries of the desk by e-mail, for those who decide and asked for them.

``summary`` finds what to tell a person; ``sending`` decides who is due, and sends; ``account`` has the page of the
settings and the one that ends the messages.
"""
