"""
Saved searches: news of each, sent by e-mail or to a webhook.

``news`` finds it among public changes; ``mail`` and ``webhooks`` write and send it; ``delivering`` selects due
searches and handles failures.
"""
