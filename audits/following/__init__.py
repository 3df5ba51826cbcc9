"""
Saved searches: what is new of each, told by e-mail or to a webhook.

``news`` finds it in the changes that everyone may hear of; ``mail`` and ``webhooks`` write and send it; ``telling``
decides who is due, and what a failure means.
"""
