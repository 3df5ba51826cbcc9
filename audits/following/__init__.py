"""
Saved searches: what is new in each, sent by e-mail or to a webhook.

``news`` finds it among public changes; ``mail`` and ``webhooks`` write and send it; ``delivering`` decides who is due
and what a failure means.
"""
