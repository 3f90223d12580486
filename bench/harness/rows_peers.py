"""The rows that hold dnswarm against others: its peers, the floor, a bare ring, massdns across a veth
pair."""
from . import veth
from .clients import Cares, Dnswarm, Floor, Massdns, PlainRing, WithoutSummary
from .responder import Names, Work
from .rounds import ANSWERED_MIN, Contestant, alternate, best, best_two, sweep, sweep_text
from .table import Result, Row, compared, number, spread, times

LOSSY = "too many names not answered"
MASSDNS_MISSING = "MASSDNS=/path/to/massdns is not given"
UPSTREAMS_MANY = 10_000
# Whom the first row is held against, and how much of theirs it must reach.
PEERS = ((Massdns, 4, ">= 4x massdns -o J"), (Cares, 2, ">= 2x the c-ares loop"),
         (Floor, 0.70, ">= 0.70 of the floor (aim 0.80)"))


def contest(plan, clients, work, rounds):
    """Sweeps every client over part of the names, then runs all in turn: dnswarm at its best per second, the
    others at their best for each measure. Returns (contestants, notes)."""
    contestants, notes = [], []
    part = work.with_names(Names(plan.machine, plan.sweep_names))
    for client in clients:
        tried = sweep(client, part)
        settings = [best(tried, "rate").in_flight] if isinstance(client, Dnswarm) else best_two(tried)
        contestants += [Contestant(client.name, client, work, in_flight) for in_flight in settings]
        notes.append(f"{client.name}: sweep of in flight over {plan.sweep_names:,} names: per CPU second: "
                     f"{sweep_text(tried, 'per_cpu')}; names/s: {sweep_text(tried, 'rate')}")
    return alternate(contestants, rounds), notes


def of(contestants, kind, value):
    """The client's best median, of settings that answered nearly all; nothing where there is none."""
    return max((each.median(value) for each in contestants if isinstance(each.client, kind)
                and each.median("share") >= ANSWERED_MIN), default=None)


def wanted(contestants, kinds, value):
    """The same of several clients, without whom the row says nothing."""
    found = [of(contestants, kind, value) for kind in kinds]
    if None in found:
        raise RuntimeError(LOSSY)
    return found


def how_of(contestants, rounds):
    in_flight = ", ".join(f"{each.label} {each.in_flight:,}" for each in contestants)
    return f"in flight: {in_flight}; medians of {rounds} alternating rounds"


def row_one_upstream(plan):
    """One upstream, against massdns, the c-ares loop and the floor."""
    names = plan.names()
    clients = [kind(plan.machine) for kind in (Dnswarm, Floor, Cares, Massdns)]
    clients = [client for client in clients if client.program]
    contestants, notes = contest(plan, clients, Work(names), plan.rounds)
    how = how_of(contestants, plan.rounds)

    def row(value, unit, kind, bound, target):
        ours, theirs = (of(contestants, which, value) for which in (Dnswarm, kind))
        work = f"{names.count:,} names, one upstream, {unit}"
        if ours is None or theirs is None:
            missing = MASSDNS_MISSING if kind is Massdns and not Massdns(plan.machine).program else LOSSY
            return Row(work, target, f"not measured: {missing}", None, "-")
        return Row(work, target, compared(ours, theirs), ours / theirs >= bound, how)

    rows = [row("per_cpu", "per CPU second", *peer) for peer in PEERS]
    rows.append(row("rate", "per second of wall time", Massdns, 3, ">= 3x massdns"))
    return Result(rows, contestants, notes)


def row_many_upstreams(plan):
    """10,000 upstreams, against a bare ring of plain sends on unconnected sockets."""
    names = plan.names()
    work = Work(names, "127.1.0.1", UPSTREAMS_MANY)
    contestants, notes = contest(plan, [WithoutSummary(plan.machine), PlainRing(plan.machine)], work,
                                 plan.rounds)
    ours, theirs = wanted(contestants, (Dnswarm, PlainRing), "per_cpu")
    runs = [run for each in contestants for run in each.runs if isinstance(each.client, Dnswarm)]
    counts = max(spread(run.responder_counts(work.count)) for run in runs)
    by_summary = Dnswarm(plan.machine).run(work, contestants[0].in_flight)
    agreed = sorted(by_summary.asked()) == sorted(by_summary.responder_counts(work.count))
    notes.append(f"one more run, with --summary: {times(spread(by_summary.asked()))}; dnswarm's summary and "
                 f"the simulator count {'the same' if agreed else 'DIFFERENTLY'} for the upstreams")
    text = f"{names.count:,} names, {UPSTREAMS_MANY:,} upstreams"
    return Result([
        Row(f"{text}, per CPU second", ">= 0.8 of a bare unconnected plain-send ring",
            compared(ours, theirs), ours / theirs >= 0.8, how_of(contestants, plan.rounds)),
        Row(f"{text}, queries per upstream", "within 2x", times(counts), counts <= 2,
            "the simulator's counts, the worst round"),
    ], contestants, notes)


def row_veth(plan):
    """Across a veth pair without UDP segmentation."""
    text, target = "across a veth pair with tx-udp-segmentation off", "the ratio to massdns, no target"
    reason = veth.why_not() or ("" if Massdns(plan.machine).program else MASSDNS_MISSING)
    if reason:
        return Result([Row(text, target, f"**SKIPPED**: {reason}", None, "-")], [], [f"skipped: {reason}"])
    names = plan.names()
    with veth.pair() as inside:
        work = Work(names, veth.RESPONDER, prefix=inside)
        clients = [kind(plan.machine) for kind in (Dnswarm, Floor, Massdns)]
        contestants, notes = contest(plan, clients, work, plan.rounds)
    measured = "; ".join(
        f"{compared(*wanted(contestants, (Dnswarm, Massdns), value))} {unit}"
        for value, unit in (("per_cpu", "per CPU second"), ("rate", "per second"),
                            ("per_core", "per busy second of the core")))
    floor = compared(*wanted(contestants, (Dnswarm, Floor), "per_cpu"))
    notes.append(f"of the floor there: {floor} per CPU second")
    return Result([Row(f"{names.count:,} names {text}", target, measured, None,
                       how_of(contestants, plan.rounds))], contestants, notes)
