"""Holds the peers' answers against Tandem's: check.py QUESTION TANDEM PEER FILE. Ends with 1 where they differ."""

import sys

# Peers share money as floats, Tandem in whole minor units for each deal: half a minor unit of each deal may differ.
MINOR_PER_DEAL = 0.5
# ChannelAttribution simulates the chain; how far it is off is printed and not held against it.
SIMULATED = "channel_attribution"


def rows(path):
    with open(path) as file:
        lines = [line.strip().split(",") for line in file if line.strip() and not line.startswith("#")]
    return lines


def rules(tandem, peer):
    ours = {(model, channel): (float(conversions), float(minor)) for model, channel, conversions, minor in rows(tandem)}
    theirs = {(model, channel): (float(conversions), float(minor)) for model, channel, conversions, minor in rows(peer)}
    named = {key: value for key, value in ours.items() if key[1] != "total"}
    assert named.keys() == theirs.keys(), f"channels differ: {named.keys() ^ theirs.keys()}"
    deals = ours[("first", "total")][0]
    for key, (conversions, minor) in theirs.items():
        assert abs(conversions - ours[key][0]) <= 1e-6 * max(1.0, conversions), f"{key}: {conversions} and {ours[key][0]} conversions"
        assert abs(minor - ours[key][1]) <= MINOR_PER_DEAL * deals + 1e-9 * minor, f"{key}: {minor} and {ours[key][1]} minor units"
    off = max(abs(theirs[key][0] - ours[key][0]) for key in theirs)
    print(f"agrees on {len(theirs)} rows (conversions within {off:.1e})")


def funnel(tandem, peer):
    ours, theirs = sorted(rows(tandem)), sorted(rows(peer))
    assert ours == [[str(value).removesuffix(".0") for value in row] for row in theirs], f"{ours}\n{theirs}"
    print(f"agrees on {len(ours)} rows to the last digit")


def markov(tandem, peer):
    ours = {channel: float(conversions) for _, channel, conversions, _ in rows(tandem) if channel != "total"}
    theirs = {row[0]: float(row[1]) for row in rows(peer)}
    assert ours.keys() == theirs.keys(), f"channels differ: {ours.keys() ^ theirs.keys()}"
    off = max(abs(theirs[channel] / ours[channel] - 1) for channel in ours)
    print(f"off by {off:.2%} of a channel's conversions at most")
    assert SIMULATED in peer or off < 1e-9, "an exact answer differs"


def main(question, tandem, peer):
    {"rules": rules, "funnel": funnel, "markov": markov}[question](tandem, peer)


main(*sys.argv[1:])
