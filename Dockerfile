# One image for web, worker, beat and commands; docker-compose.yml shows how each is started.
FROM python:3.13.9-slim-trixie AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements.txt .
RUN /opt/venv/bin/pip install --require-hashes -r requirements.txt

FROM python:3.13.9-slim-trixie
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DJANGO_ENV=production PORT=8000
# Pages that are pictures are read by Tesseract, with the languages of contracts/documents/recognising.py.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends tesseract-ocr tesseract-ocr-eng tesseract-ocr-por tesseract-ocr-spa \
 && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --create-home --home-dir /home/veedor veedor
COPY --from=packages /opt/venv /opt/venv
WORKDIR /srv/veedor
COPY . .
# Collecting files needs no secret; these are not kept.
RUN SECRET_KEY=collecting-files-needs-no-secret ALLOWED_HOSTS=none DATABASE_URL=postgresql://none/none \
 CELERY_BROKER_URL=redis://none python manage.py collectstatic --no-input
RUN install -d -o veedor var/dumps
USER veedor
EXPOSE 8000
# Asked under a name that is allowed, for the web server answers to no other.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s CMD ["python", "-c", "\
import os, urllib.request as http; \
host = os.environ['ALLOWED_HOSTS'].split(',')[0].lstrip('.'); \
http.urlopen(http.Request(f\"http://127.0.0.1:{os.environ['PORT']}/health/\", headers={'Host': host}), timeout=4)"]
CMD ["gunicorn", "--config", "python:config.gunicorn", "config.wsgi"]
