#!/usr/bin/env bash
# The same questions to Tandem and to its peers, over the same seeded record, one whole process for each answer: opening the files, working it
# out, printing it. Each answer is held against Tandem's before its time counts. Prints the best of RUNS, peak memory and the ratio.
#
#   bench/insight/run.sh [TOUCHES..]        1,000,000 and 10,000,000 unless given; 100,000,000 needs 40 GB of disk and 20 GB of memory to make
#   RUNS=5 PEERS="duckdb polars" bench/insight/run.sh 10000000
set -euo pipefail
# EPOCHREALTIME has the decimal sign of the locale.
export LC_ALL=C
cd "$(dirname "$0")/../.."
runs=${RUNS:-5}
peers=${PEERS:-duckdb chdb polars}
folder=${BENCH_FOLDER:-${TMPDIR:-/tmp}/tandem-bench}
mkdir -p "$folder"

command -v /usr/bin/time >/dev/null || { echo "install GNU time first" >&2; exit 1; }
if [ ! -x "$folder/venv/bin/python" ]; then
  echo "installing the peers: duckdb 2.0.0, chdb 4.4.0, polars 2.1.0, ChannelAttribution 2.2.5 ..."
  python3 -m venv "$folder/venv"
  "$folder/venv/bin/pip" install --quiet duckdb==2.0.0 chdb==4.4.0 polars==2.1.0 ChannelAttribution==2.2.5 pyarrow numpy pandas matplotlib
fi
python=$folder/venv/bin/python
cargo build --release --quiet -p insight --example bench
tandem=${CARGO_TARGET_DIR:-target}/release/examples/bench

# best NAME COMMAND..: runs it, keeps its answer in NAME.answer, prints the best seconds and the peak memory in KiB.
best() {
  local name=$1 least= memory=0 started seconds kib
  shift
  for _ in $(seq "$runs"); do
    # GNU time counts hundredths of a second, which is too coarse for some of these.
    started=$EPOCHREALTIME
    /usr/bin/time -f '%M' -o "$work/$name.memory" "$@" >"$work/$name.answer" 2>"$work/$name.errors" || { tail -3 "$work/$name.errors" >&2; return 1; }
    seconds=$(awk -v a="$started" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.4f", b - a }')
    kib=$(tail -1 "$work/$name.memory")
    least=$(awk -v a="${least:-$seconds}" -v b="$seconds" 'BEGIN { print (b < a) ? b : a }')
    memory=$((kib > memory ? kib : memory))
  done
  echo "$least $memory"
}

compare() { # compare QUESTION PEER..
  local question=$1 ours
  shift
  ours=$(best "tandem-$question" "$tandem" "$question" "$work/history")
  awk -v q="$question" -v o="$ours" 'BEGIN { split(o, t); printf "%-8s %-20s %9.3f s %8.0f MiB\n", q, "tandem", t[1], t[2] / 1024 }'
  for peer in "$@"; do
    local theirs agreed
    theirs=$(best "$peer-$question" "$python" bench/insight/peers.py "$peer" "$question" "$work/parquet") || { echo "$question  $peer gave no answer"; continue; }
    agreed=$("$python" bench/insight/check.py "$question" "$work/tandem-$question.answer" "$work/$peer-$question.answer")
    awk -v q="$question" -v p="$peer" -v o="$ours" -v t="$theirs" -v a="$agreed" \
      'BEGIN { split(o, x); split(t, y); printf "%-8s %-20s %9.3f s %8.0f MiB %7.1f times  %s\n", q, p, y[1], y[2] / 1024, y[1] / x[1], a }'
  done
}

for touches in "${@:-1000000 10000000}"; do
  for touches in $touches; do
    work=$folder/$touches
    mkdir -p "$work"
    if [ ! -e "$work/history/manifest" ]; then
      echo "making a record of $touches touches ..."
      "$tandem" make "$work/history" "$touches"
    fi
    if [ ! -e "$work/parquet/touches.parquet" ]; then
      "$python" bench/insight/parquet.py "$work/history" "$work/parquet" >/dev/null
    fi
    echo "== $touches touches: best of $runs"
    # shellcheck disable=SC2086
    compare rules $peers
    # shellcheck disable=SC2086
    compare funnel $peers
    compare markov channel_attribution dense
    "$tandem" times "$work/history"
  done
done
