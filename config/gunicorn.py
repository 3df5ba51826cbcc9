"""
How gunicorn serves Veedor: `gunicorn --config python:config.gunicorn config.wsgi`. WEB_CONCURRENCY, gunicorn's own
variable, sets the number of processes.
"""

import os

bind = f"0.0.0.0:{os.environ.get('PORT') or 8000}"
worker_class = "gthread"
threads = 4
timeout = 60
graceful_timeout = 30
keepalive = 5
max_requests = 10_000  # a slow leak ends with its process
max_requests_jitter = 1_000
limit_request_line = 8_190
limit_request_fields = 100
control_socket_disable = True
# Who submits or reads is nobody's business: no address, no query, no browser.
accesslog = "-"
access_log_format = '%(t)s "%(m)s %(U)s" %(s)s %(B)s %(M)sms'
