"""The rows that hold dnswarm against others: its peers, the floor, a bare ring, massdns across a veth pair."""
from . import veth
from .clients import Cares, Dnswarm, Floor, Massdns, PlainRing
from .responder import Names, Work
from .rounds import Contestant, alternate, best, sweep, sweep_text
from .table import Result, Row, at_least, at_most, number, spread, times

PEER_MISSING = "not measured: MASSDNS=/path/to/massdns is not given"
UPSTREAMS_MANY = 10_000


def contest(plan, clients, work, rounds):
    """Sweeps every client, then runs all in turn: dnswarm at its best per CPU second, the others at their
    best per CPU second and, where that is another setting, at their best per second too.
    Returns (contestants, notes)."""
    contestants, notes = [], []
    small = Work(Names(plan.machine, plan.sweep_names), str(work.first), work.count, work.mix, work.faults,
                 work.prefix)
    for client in clients:
        tried = sweep(client, small)
        values = ["per_cpu"] if isinstance(client, Dnswarm) else ["per_cpu", "rate"]
        for in_flight in sorted({best(tried, value) for value in values}):
            contestants.append(Contestant(client.name, client, work, in_flight))
        notes.append(f"{client.name}: sweep of in flight over {plan.sweep_names:,} names: per CPU second: "
                     f"{sweep_text(tried, 'per_cpu')}; names/s: {sweep_text(tried, 'rate')}")
    return alternate(contestants, rounds), notes


def of(contestants, kind, value):
    """The client's best median; nothing where it did not run."""
    return max((each.median(value) for each in contestants if type(each.client) is kind), default=None)


def settings(contestants):
    return "in flight: " + ", ".join(f"{each.label} {each.in_flight:,}" for each in contestants)


def row_one_upstream(plan):
    """10^6 names, one upstream: against massdns, the c-ares loop, the floor; wall time against massdns."""
    names = plan.names()
    clients = [kind(plan.machine) for kind in (Dnswarm, Floor, Cares, Massdns)]
    contestants, notes = contest(plan, [client for client in clients if client.program], Work(names), plan.rounds)
    work, ours = f"{names.count:,} names, one upstream, per CPU second", of(contestants, Dnswarm, "per_cpu")
    how, rows = f"{settings(contestants)}; medians of {plan.rounds} alternating rounds", []
    for kind, bound, text in ((Massdns, 4, "massdns -o J"), (Cares, 2, "the c-ares loop"), (Floor, 0.70, "the floor")):
        theirs = of(contestants, kind, "per_cpu")
        target = f">= {bound:.2f} of {text} (aim 0.80)" if kind is Floor else f">= {bound}x {text}"
        if theirs is None:
            rows.append(Row(work, target, PEER_MISSING, None, "-"))
            continue
        rows.append(Row(work, target, f"{times(ours / theirs)} ({number(ours)} : {number(theirs)})",
                        at_least(ours / theirs, bound), how))
    ours, theirs = of(contestants, Dnswarm, "rate"), of(contestants, Massdns, "rate")
    measured = f"{times(ours / theirs)} ({number(ours)} : {number(theirs)})" if theirs else PEER_MISSING
    rows.append(Row(f"{names.count:,} names, one upstream, per second of wall time", ">= 3x massdns", measured,
                    at_least(ours / theirs, 3) if theirs else None, how))
    return Result(rows, contestants, notes)


def row_many_upstreams(plan):
    """10,000 upstreams, against a bare ring of plain sends on unconnected sockets."""
    names = plan.names()
    work = Work(names, "127.1.0.1", UPSTREAMS_MANY)
    contestants, notes = contest(plan, [Dnswarm(plan.machine), PlainRing(plan.machine)], work, plan.rounds)
    ours, theirs = (of(contestants, kind, "per_cpu") for kind in (Dnswarm, PlainRing))
    runs = [run for each in contestants for run in each.runs if type(each.client) is Dnswarm]
    text = f"{names.count:,} names, {UPSTREAMS_MANY:,} upstreams"
    counts = max(spread(run.responder_counts(work.count)) for run in runs)
    notes.append(f"upstream counts differ by up to {times(max(spread(run.asked()) for run in runs))} in dnswarm's "
                 f"summaries, by up to {times(counts)} in the simulator's counts")
    how = f"{settings(contestants)}; medians of {plan.rounds} alternating rounds"
    return Result([
        Row(f"{text}, per CPU second", ">= 0.8 of a bare unconnected plain-send ring",
            f"{times(ours / theirs)} ({number(ours)} : {number(theirs)})", at_least(ours / theirs, 0.8), how),
        Row(f"{text}, queries per upstream", "within 2x", times(counts), at_most(counts, 2),
            "the simulator's counts, the worst round"),
    ], contestants, notes)


def row_veth(plan):
    """Across a veth pair with tx-udp-segmentation off: the ratio to massdns there."""
    text, target = "across a veth pair with tx-udp-segmentation off", "the ratio to massdns, no target"
    reason = veth.why_not() or ("" if Massdns(plan.machine).program else PEER_MISSING)
    if reason:
        return Result([Row(text, target, f"SKIPPED: {reason}", None, "-")])
    with veth.pair() as inside:
        work = Work(plan.names(), veth.RESPONDER, prefix=inside)
        contestants, notes = contest(plan, [kind(plan.machine) for kind in (Dnswarm, Floor, Massdns)], work,
                                     plan.rounds)
    how = f"{settings(contestants)}; medians of {plan.rounds} alternating rounds"
    ratios = []
    for value, unit in (("per_cpu", "per CPU second"), ("rate", "per second"), ("per_core", "per busy second")):
        ours, theirs = of(contestants, Dnswarm, value), of(contestants, Massdns, value)
        ratios.append(f"{times(ours / theirs)} {unit} ({number(ours)} : {number(theirs)})")
    floor = of(contestants, Dnswarm, "per_cpu") / of(contestants, Floor, "per_cpu")
    notes.append(f"of the floor there: {times(floor)} per CPU second")
    return Result([Row(f"{plan.names().count:,} names {text}", target, "; ".join(ratios), None, how)], contestants,
                  notes)
