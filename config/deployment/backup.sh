#!/bin/sh
# One backup: a dump of the whole database in PostgreSQL's own format, checked to be whole before it counts, and the
# removal of dumps that are older than BACKUP_DAYS. The address of the database stands in PGHOST, PGUSER, PGPASSWORD and
# PGDATABASE. `backup.sh repeat` goes on every day, and after five minutes where one failed.
set -eu
umask 077
folder=${BACKUP_FOLDER:-/backups}
case ${BACKUP_DAYS:-14} in
*[!0-9]*)
    # Else each backup would count as failed, and be made again every five minutes.
    echo "BACKUP_DAYS is '$BACKUP_DAYS'; it may be a whole number." >&2
    exit 2
    ;;
esac

# The paths of dumps for which the given tests of find hold, the oldest first.
by_age() {
    find "$folder" -name 'veedor-*.dump' "$@" -printf '%T@ %p\n' | sort -n | cut -d ' ' -f 2-
}

# Two at most, the oldest: by a clock that is years ahead all would go. Never the last one: where backups fail for weeks,
# it is all there is.
remove_old() {
    by_age -mtime "+${BACKUP_DAYS:-14}" ! -path "$(by_age | tail -n 1)" | head -n 2 | xargs -r -d '\n' rm -f
}

free_kib() {
    df -Pk "$folder" | awk 'NR == 2 { print $4 }'
}

backup() {
    # What a backup that was interrupted left behind.
    rm -f "$folder"/.unfinished-*
    # What was written while the clock was ahead is of today: else it would be the last one, and young, until then.
    find "$folder" -name 'veedor-*.dump' -newermt '1 hour' -exec touch {} +
    last=$(by_age | tail -n 1)
    # A database whose disk is full stops: no backup may fill it.
    needed=$((2 * (${last:+$(wc -c < "$last")} + 0) / 1024))
    are_removed=
    if [ "$(free_kib)" -lt "$needed" ]; then
        remove_old
        are_removed=yes
    fi
    free=$(free_kib)
    if [ "$free" -lt "$needed" ]; then
        echo "$free KiB are free, which is less than twice the last backup." >&2
        return 1
    fi
    name=veedor-$(date -u +%Y-%m-%dT%H%M%SZ).dump
    if ! pg_dump --format=custom --no-password --file="$folder/.unfinished-$name" \
        || ! pg_restore --list "$folder/.unfinished-$name" > /dev/null; then
        rm -f "$folder/.unfinished-$name"
        return 1
    fi
    mv "$folder/.unfinished-$name" "$folder/$name"
    # Not before: one that fails though there is room is tried again every five minutes, and each would remove two.
    [ -n "$are_removed" ] || remove_old
    echo "Backed up: $name, $(wc -c < "$folder/$name") bytes."
}

if [ "${1:-}" != repeat ]; then
    backup
    exit
fi
waiting=
trap 'kill $waiting 2> /dev/null || :; exit 0' TERM INT
while :; do
    if backup; then pause=86400; else echo "The backup failed." >&2; pause=300; fi
    # It holds no output: told to end before its number is known, the rest would wait for it.
    sleep "$pause" > /dev/null 2>&1 &
    waiting=$!
    wait "$waiting"
done
