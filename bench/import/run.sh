#!/usr/bin/env bash
# Imports generated people and touches, deduplicated and durable, and compares with the sqlite3 shell loading the same files into two
# bare indexed tables (no look-ups, no history, no events, no undo): the floor that the engine itself sets.
#
#   bench/import/run.sh [PEOPLE] [TOUCHES]        200,000 and 800,000 unless given: a million rows
set -euo pipefail
cd "$(dirname "$0")/../.."
people=${1:-200000}
touches=${2:-800000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
command -v sqlite3 >/dev/null || { echo "install the sqlite3 shell first" >&2; exit 1; }
command -v /usr/bin/time >/dev/null || { echo "install GNU time first" >&2; exit 1; }

cargo build --release --quiet -p tandem
tandem=${CARGO_TARGET_DIR:-target}/release/tandem

echo "generating $people people and $touches touches ..."
mkdir "$work/files"
awk -v n="$people" 'BEGIN { srand(7); print "person_id,name,email,job_title,country";
  for (i = 1; i <= n; i++) printf "p%d,Person %d,person%d@company%d.example,Head of Operations,Portugal\n", i, i, i, i % 20000 }' >"$work/files/people.csv"
awk -v n="$touches" -v people="$people" 'BEGIN { srand(11); print "touch_id,person_id,kind,at,channel,source";
  split("page_view form email_click webinar ad_click", kinds, " "); split("organic_search paid_search email webinar paid_social", channels, " ");
  for (i = 1; i <= n; i++) { s = int(rand() * 31536000); c = channels[1 + int(rand() * 5)];
    printf "t%d,p%d,%s,2025-%02d-%02dT%02d:%02d:%02dZ,%s,%s\n", i, 1 + int(rand() * people), kinds[1 + int(rand() * 5)],
      1 + int(s / 2628000) % 12, 1 + int(s / 86400) % 28, int(s / 3600) % 24, int(s / 60) % 60, s % 60, c, c } }' >"$work/files/touches.csv"
rows=$((people + touches))

measure() { # measure NAME COMMAND..: seconds and peak memory
  local name=$1
  shift
  /usr/bin/time -f '%e %M' -o "$work/$name.time" "$@" >"$work/$name.out"
  read -r seconds kib <"$work/$name.time"
  awk -v name="$name" -v rows="$rows" -v s="$seconds" -v k="$kib" 'BEGIN { printf "%-28s %7.2f s  %9.0f rows/s  %5.0f MiB\n", name, s, rows / s, k / 1024 }'
}

cat >"$work/peer.sql" <<SQL
PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
CREATE TABLE people (person_id TEXT PRIMARY KEY, name TEXT, email TEXT, job_title TEXT, country TEXT);
CREATE INDEX people_email ON people (email);
CREATE TABLE touches (touch_id TEXT PRIMARY KEY, person_id TEXT, kind TEXT, at TEXT, channel TEXT, source TEXT);
CREATE INDEX touches_person ON touches (person_id, at);
.mode csv
.import --skip 1 $work/files/people.csv people
.import --skip 1 $work/files/touches.csv touches
SQL

measure "sqlite3 shell" sqlite3 "$work/peer.db" ".read $work/peer.sql"
measure "tandem import" "$tandem" --home "$work/home" --format json import --recipe tandem "$work/files"
measure "tandem import, again" "$tandem" --home "$work/home" --format json import --recipe tandem "$work/files"
awk 'NR == FNR { peer = $1; next } { printf "ratio: %.1f times the time of the bare load\n", $1 / peer }' "$work/sqlite3 shell.time" "$work/tandem import.time"
echo "first:  $(tr -d '\n ' <"$work/tandem import.out" | grep -o '"rows":[0-9]*,"created":[0-9]*,"updated":[0-9]*,"unchanged":[0-9]*,"rejected":[0-9]*')"
echo "again:  $(tr -d '\n ' <"$work/tandem import, again.out" | grep -o '"rows":[0-9]*,"created":[0-9]*,"updated":[0-9]*,"unchanged":[0-9]*,"rejected":[0-9]*')"
