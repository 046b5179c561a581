"""One question, answered by one peer over Parquet files: peers.py PEER QUESTION FOLDER. Prints rows that Tandem's can be compared with.

Journeys are those of docs/attribution.md: the touches of the company up to and with the signature, in the 90 days before it, after
the signature before; ties in the order of ids.
"""

import contextlib
import sys

DAY = 86_400_000_000
LOOKBACK = 90 * DAY
HALF_LIFE = 7 * DAY
AS_OF = 617 * DAY
WON, MQL, SAL, SQL, CUSTOMER = 3, 1, 2, 3, 6

# Of DuckDB and ClickHouse alike, but for the words in braces.
JOURNEYS = """
signed AS (
  SELECT d.id AS deal, d.company AS company, d.amount_minor AS minor, {epoch_us}(t."at") AS won_at
  FROM {deals} d JOIN {deal_transitions} t ON t.deal = d.id WHERE t.stage = 3 AND {epoch_us}(t."at") <= 53308800000000
), won AS (
  SELECT *, max(won_at) OVER (PARTITION BY company ORDER BY won_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS signed_before FROM signed
), journeys AS (
  SELECT w.deal AS deal, w.minor AS minor, t.channel AS channel, {epoch_us}(t."at") AS "at", t.id AS id
  FROM won w JOIN {touches} t ON t.company = w.company
  WHERE {epoch_us}(t."at") <= w.won_at AND {epoch_us}(t."at") >= w.won_at - 7776000000000 AND {after_signature}
)"""

RULES = """
WITH {journeys}, placed AS (
  SELECT deal, minor, channel,
    row_number() OVER (PARTITION BY deal ORDER BY "at", id) AS place,
    count(*) OVER (PARTITION BY deal) AS n,
    pow(2.0, -(max("at") OVER (PARTITION BY deal) - "at") / 604800000000.0) AS decay
  FROM journeys
), weighed AS (
  SELECT channel, minor,
    CASE WHEN place = 1 THEN 1.0 ELSE 0.0 END AS by_first,
    CASE WHEN place = n THEN 1.0 ELSE 0.0 END AS by_last,
    1.0 / n AS linear,
    decay / sum(decay) OVER (PARTITION BY deal) AS time_decay,
    CASE WHEN n = 1 THEN 1.0 WHEN n = 2 THEN 0.5 WHEN place = 1 OR place = n THEN 0.4 ELSE 0.2 / (n - 2) END AS u
  FROM placed
)
SELECT channel, sum(by_first), sum(by_first * minor), sum(by_last), sum(by_last * minor), sum(linear), sum(linear * minor),
  sum(time_decay), sum(time_decay * minor), sum(u), sum(u * minor) FROM weighed GROUP BY channel ORDER BY channel"""

FUNNEL = """
WITH entered AS (
  SELECT l.source AS source, {opened_counts} AS leads,
    count(CASE WHEN t.stage = 1 THEN 1 END) AS mqls, count(CASE WHEN t.stage = 2 THEN 1 END) AS sals,
    count(CASE WHEN t.stage = 3 THEN 1 END) AS sqls, count(CASE WHEN t.stage = 6 THEN 1 END) AS customers
  FROM {leads} l LEFT JOIN (SELECT * FROM {transitions} WHERE {epoch_us}("at") <= 53308800000000) t ON t.lead = l.id
  WHERE {epoch_us}(l.opened_at) <= 53308800000000 GROUP BY l.source
), revenue AS (
  SELECT l.source AS source, sum(d.amount_minor) AS minor
  FROM {deals} d JOIN {deal_transitions} t ON t.deal = d.id JOIN {leads} l ON l.id = d.lead
  WHERE t.stage = 3 AND {epoch_us}(t."at") <= 53308800000000 GROUP BY l.source
)
SELECT e.source, e.leads, e.mqls, e.sals, e.sqls, e.customers, r.minor FROM entered e JOIN revenue r ON r.source = e.source ORDER BY e.source"""

MODELS = ["first", "last", "linear", "time_decay", "u"]


def sql(question, words):
    text = {"rules": RULES, "funnel": FUNNEL}[question]
    return text.format(journeys=JOURNEYS.format(**words), **words)


def tables(folder, form):
    return {name: form.format(f"{folder}/{name}.parquet") for name in ["touches", "leads", "transitions", "deals", "deal_transitions"]}


def duckdb(question, folder):
    import duckdb

    words = tables(folder, "'{}'") | {
        "epoch_us": "epoch_us",
        "after_signature": "(w.signed_before IS NULL OR epoch_us(t.\"at\") > w.signed_before)",
        "opened_counts": "count(DISTINCT l.id)",
    }
    return duckdb.sql(sql(question, words)).fetchall()


def chdb(question, folder):
    import chdb

    words = tables(folder, "file('{}', Parquet)") | {
        "epoch_us": "toUnixTimestamp64Micro",
        # Of a column that holds no NULL, nothing before is 0 here.
        "after_signature": "(w.signed_before IS NULL OR w.signed_before = 0 OR toUnixTimestamp64Micro(t.\"at\") > w.signed_before)",
        "opened_counts": "uniqExact(l.id)",
    }
    settings = "" if question == "rules" else " SETTINGS join_use_nulls = 1"
    table = chdb.query(sql(question, words) + settings, "ArrowTable")
    return [tuple(row.values()) for row in table.to_pylist()]


def polars(question, folder):
    import polars as pl

    scan = {name: pl.scan_parquet(path) for name, path in tables(folder, "{}").items()}
    us = lambda name: pl.col(name).dt.epoch("us")
    signed = (
        scan["deal_transitions"].filter((pl.col("stage") == WON) & (us("at") <= AS_OF))
        .select("deal", us("at").alias("won_at"))
        .join(scan["deals"].select(pl.col("id").alias("deal"), "company", "lead", pl.col("amount_minor").alias("minor")), on="deal")
    )
    if question == "funnel":
        opened = scan["leads"].filter(us("opened_at") <= AS_OF).select(pl.col("id").alias("lead"), "source")
        stage = lambda code, name: (pl.col("stage") == code).sum().alias(name)
        entered = (
            scan["transitions"].filter(us("at") <= AS_OF).join(opened, on="lead").group_by("source")
            .agg(stage(MQL, "mqls"), stage(SAL, "sals"), stage(SQL, "sqls"), stage(CUSTOMER, "customers"))
        )
        revenue = signed.join(opened, on="lead").group_by("source").agg(pl.col("minor").sum())
        rows = opened.group_by("source").agg(pl.len().alias("leads")).join(entered, on="source").join(revenue, on="source")
        columns = ["source", "leads", "mqls", "sals", "sqls", "customers", "minor"]
        return rows.with_columns(pl.col("source").cast(pl.String)).sort("source").select(columns).collect().rows()
    journeys = polars_journeys(pl, scan, signed, us)
    placed = journeys.with_columns(
        place=pl.int_range(pl.len()).over("deal"), n=pl.len().over("deal"),
        decay=2.0 ** (-(pl.col("at").max().over("deal") - pl.col("at")) / HALF_LIFE),
    )
    ends = (pl.col("place") == 0) | (pl.col("place") == pl.col("n") - 1)
    weighed = placed.with_columns(
        first=(pl.col("place") == 0).cast(pl.Float64), last=(pl.col("place") == pl.col("n") - 1).cast(pl.Float64),
        linear=1.0 / pl.col("n"), time_decay=pl.col("decay") / pl.col("decay").sum().over("deal"),
        u=pl.when(pl.col("n") == 1).then(1.0).when(pl.col("n") == 2).then(0.5).when(ends).then(0.4).otherwise(0.2 / (pl.col("n") - 2)),
    )
    sums = [part for model in MODELS for part in (pl.col(model).sum(), (pl.col(model) * pl.col("minor")).sum().alias(f"{model}_minor"))]
    answer = weighed.group_by("channel").agg(sums).with_columns(pl.col("channel").cast(pl.String)).sort("channel")
    return answer.collect(engine="streaming").rows()


def polars_journeys(pl, scan, signed, us):
    before = pl.col("won_at").sort_by("won_at").shift(1).over("company", mapping_strategy="explode")
    won = signed.sort("company", "won_at").with_columns(signed_before=before)
    touches = scan["touches"].select("id", "company", "channel", us("at").alias("at"))
    inside = (pl.col("at") <= pl.col("won_at")) & (pl.col("at") >= pl.col("won_at") - LOOKBACK)
    after = pl.col("signed_before").is_null() | (pl.col("at") > pl.col("signed_before"))
    return touches.join(won, on="company").filter(inside & after).sort("deal", "at", "id")


def channel_attribution(question, folder):
    """Markov, first order, as the package simulates it; the paths are built by Polars."""
    import time

    # It greets on standard output.
    with contextlib.redirect_stdout(sys.stderr):
        import ChannelAttribution
    import polars as pl

    started = time.monotonic()
    paths = markov_paths(pl, folder).to_pandas()
    built = time.monotonic()
    answer = ChannelAttribution.markov_model(paths, "path", "conversions", var_value="minor", var_null="nulls", order=1, verbose=False, flg_pro=False)
    print(f"# {built - started:.2f} s to build {len(paths)} paths, {time.monotonic() - built:.2f} s in the package", file=sys.stderr)
    answer = answer["result"] if isinstance(answer, dict) else answer
    return sorted(tuple(row) for row in answer.itertuples(index=False))


def dense(question, folder):
    """Markov, first order, exactly: the removal of each channel by a dense solve of its own over the same paths."""
    import numpy as np
    import polars as pl

    paths = markov_paths(pl, folder).rows()
    channels = sorted({channel for path, *_ in paths for channel in path.split(" > ")})
    place = {channel: index for index, channel in enumerate(channels)}
    start, converted, lost = len(channels), len(channels), len(channels) + 1
    counts = np.zeros((len(channels) + 1, len(channels) + 2))
    for path, conversions, _, nulls in paths:
        at, times = start, conversions + nulls
        for channel in path.split(" > "):
            counts[at, place[channel]] += times
            at = place[channel]
        counts[at, converted] += conversions
        counts[at, lost] += nulls
    chain = counts / counts.sum(axis=1, keepdims=True)

    def conversion(without=None):
        inner, out = chain[:, :start].copy(), chain[:, converted]
        if without is not None:
            inner[:, without] = 0
        among = np.linalg.solve(np.eye(start) - inner[:start], out[:start])
        return inner[start] @ among + out[start]

    whole = conversion()
    removed = np.array([1 - conversion(index) / whole for index in range(start)])
    total = sum(conversions for _, conversions, *_ in paths)
    return [(channel, share * total) for channel, share in zip(channels, removed / removed.sum())]


def markov_paths(pl, folder):
    """Each journey as `a > b > c`, those that have not ended in a signature as nulls."""
    scan = {name: pl.scan_parquet(path) for name, path in tables(folder, "{}").items()}
    us = lambda name: pl.col(name).dt.epoch("us")
    signed = (
        scan["deal_transitions"].filter((pl.col("stage") == WON) & (us("at") <= AS_OF)).select("deal", us("at").alias("won_at"))
        .join(scan["deals"].select(pl.col("id").alias("deal"), "company", pl.col("amount_minor").alias("minor")), on="deal")
    )
    path = pl.col("channel").cast(pl.String).sort_by("at", "id").str.join(" > ").alias("path")
    converted = polars_journeys(pl, scan, signed, us).group_by("deal").agg(path, pl.col("minor").first())
    converted = converted.group_by("path").agg(pl.len().alias("conversions"), pl.col("minor").sum(), pl.lit(0).alias("nulls"))
    last = signed.group_by("company").agg(pl.col("won_at").max())
    touches = scan["touches"].select("id", "company", "channel", us("at").alias("at")).filter(pl.col("at") <= AS_OF)
    still_open = touches.join(last, on="company", how="left").filter(pl.col("won_at").is_null() | (pl.col("at") > pl.col("won_at")))
    # A journey without conversion ends with its last touch, and looks back from there.
    still_open = still_open.filter(pl.col("at") >= pl.col("at").max().over("company") - LOOKBACK)
    nulls = still_open.group_by("company").agg(path).group_by("path").agg(pl.lit(0).alias("conversions"), pl.lit(0).alias("minor"), pl.len().alias("nulls"))
    columns = ["path", pl.col("conversions").cast(pl.Int64), pl.col("minor").cast(pl.Int64), pl.col("nulls").cast(pl.Int64)]
    both = pl.concat([converted.select(columns), nulls.select(columns)])
    return both.group_by("path").agg(pl.col("conversions").sum(), pl.col("minor").sum(), pl.col("nulls").sum()).collect(engine="streaming")


def main(peer, question, folder):
    rows = {"duckdb": duckdb, "chdb": chdb, "polars": polars, "channel_attribution": channel_attribution, "dense": dense}[peer](question, folder)
    if question == "rules":
        for index, model in enumerate(MODELS):
            for row in rows:
                print(f"{model},{row[0]},{row[1 + 2 * index]:.9f},{row[2 + 2 * index]:.0f}")
    else:
        for row in rows:
            print(",".join(str(value) for value in row))


main(*sys.argv[1:])
