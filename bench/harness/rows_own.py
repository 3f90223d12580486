"""The rows that hold dnswarm against itself (more upstreams, other names, more workers, more names) or
against plain arithmetic (RTT)."""
import json

from .clients import Dnswarm, TwoWorkers
from .machine import timed
from .responder import WORDLIST_MIX, Names, Work
from .rounds import Contestant, alternate
from .table import Result, Row, at_least, at_most, number, spread, times

UPSTREAMS_FEW = 4
CACHE_OCTETS = 64 << 20  # dnswarm's default
IDLE_PAUSES_US = (2_000, 20_000)


def dnswarm_on(plan, label, work, **more):
    return Contestant(f"dnswarm, {label}", Dnswarm(plan.machine), work, plan.in_flight(), **more)


def row_four_upstreams(plan):
    """The same names with four upstreams: share of one upstream's figure, counts per upstream."""
    names = plan.names()
    one = dnswarm_on(plan, "one upstream", Work(names))
    four = dnswarm_on(plan, "four upstreams", Work(names, count=UPSTREAMS_FEW))
    alternate([one, four], plan.rounds)
    share = four.median("per_cpu") / one.median("per_cpu")
    counts = max(max(spread(run.asked()), spread(run.responder_counts(UPSTREAMS_FEW))) for run in four.runs)
    agreed = all(sorted(run.asked()) == sorted(run.responder_counts(UPSTREAMS_FEW)) for run in four.runs)
    text = f"{names.count:,} names, four upstreams"
    return Result([
        Row(f"{text}, per CPU second", ">= 0.9 of one upstream",
            f"{times(share)} ({number(four.median('per_cpu'))} : {number(one.median('per_cpu'))})",
            at_least(share, 0.9), f"in flight {plan.in_flight():,}; medians of {plan.rounds} alternating rounds"),
        Row(f"{text}, queries per upstream", "within 1.2x", times(counts), at_most(counts, 1.2),
            "the worst round, by dnswarm's summary and the simulator's counts"),
    ], [one, four], ["dnswarm's summary and the simulator count the same for every upstream" if agreed else
                     "dnswarm's summary and the simulator's counts DIFFER"])


def row_repeated(plan):
    """10^7 lines over 10^5 names, shuffled: cache and coalescing."""
    lines, distinct = plan.scaled(10**7), plan.scaled(10**5)
    names = Names(plan.machine, distinct).repeated(lines // distinct)
    ours = dnswarm_on(plan, "repeated names", Work(names))
    alternate([ours], plan.rounds_long)
    queries = [run.summary["queries"]["udp"] for run in ours.runs]
    return Result([Row(f"{lines:,} lines over {distinct:,} names, shuffled", ">= 3,000,000 lines per CPU second",
                       number(ours.median("per_cpu")), at_least(ours.median("per_cpu"), 3e6),
                       f"in flight {plan.in_flight():,}, default cache; median of {plan.rounds_long} rounds")],
                  [ours], [f"queries sent: {', '.join(map(number, queries))}"])


def row_wordlist(plan):
    """A wordlist, 95 % NXDOMAIN with SOA, four upstreams."""
    names, words = plan.names(), Names(plan.machine, plan.scaled(10**6), "wordlist")
    one = dnswarm_on(plan, "one upstream", Work(names))
    four = dnswarm_on(plan, "four upstreams", Work(names, count=UPSTREAMS_FEW))
    wordlist = dnswarm_on(plan, "wordlist, four upstreams", Work(words, count=UPSTREAMS_FEW, mix=WORDLIST_MIX))
    alternate([one, four, wordlist], plan.rounds)
    per_cpu = wordlist.median("per_cpu")
    share, of_four = per_cpu / one.median("per_cpu"), per_cpu / four.median("per_cpu")
    nxdomain = [run.summary["statuses"].get("NXDOMAIN", 0) / run.wanted for run in wordlist.runs]
    return Result([Row(f"wordlist of {words.count:,} names, 95 % NXDOMAIN with SOA, four upstreams",
                       ">= 0.85 of one upstream, mixed names",
                       f"{times(share)} ({number(per_cpu)} : {number(one.median('per_cpu'))}); of four upstreams, "
                       f"mixed names: {times(of_four)}", at_least(share, 0.85),
                       f"in flight {plan.in_flight():,}; medians of {plan.rounds} alternating rounds")],
                  [one, four, wordlist], [f"NXDOMAIN: {', '.join(f'{share:.1%}' for share in nxdomain)}"])


def row_two_workers(plan):
    """Two workers against one. Two cores are all there may be: both variants may use both, the responder
    stays on the second."""
    names, cores = plan.names(), [plan.machine.client_core, plan.machine.responder_core]
    one = dnswarm_on(plan, "one worker, both cores", Work(names), cores=cores)
    two = Contestant("dnswarm, two workers, both cores", TwoWorkers(plan.machine), Work(names),
                     2 * plan.in_flight(), cores)
    alternate([one, two], plan.rounds)
    per_name = [1e6 / each.median("per_cpu") for each in (one, two)]
    ratio = per_name[1] / per_name[0]
    return Result([Row(f"{names.count:,} names, two workers against one: CPU per name", "<= 1.1x",
                       f"{times(ratio)} ({per_name[1]:.2f} : {per_name[0]:.2f} us)", at_most(ratio, 1.1),
                       f"both on cores {cores[0]} and {cores[1]}, the responder pinned to core {cores[1]}; in flight "
                       f"{plan.in_flight():,} a worker; medians of {plan.rounds} alternating rounds")], [one, two])


def row_sizes(plan):
    """10^4, 10^6, 10^7 names: CPU per name, and memory beside the cache."""
    sizes = sorted({10**4, plan.scaled(10**6), plan.scaled(10**7)})
    start = dnswarm_on(plan, "one name (start-up)", Work(Names(plan.machine, 1)))
    alternate([start], plan.rounds_short)
    start_us = start.median("cpu_seconds") * 1e6
    by_size = []
    for size in sizes:
        rounds = plan.rounds_short if size == sizes[0] else plan.rounds_long
        by_size += alternate([dnswarm_on(plan, f"{size:,} names", Work(Names(plan.machine, size)))], rounds)
    with_start = [each.median("cpu_seconds") * 1e6 / size for each, size in zip(by_size, sizes)]
    without = [(each.median("cpu_seconds") * 1e6 - start_us) / size for each, size in zip(by_size, sizes)]
    beside = [each.median(beside_cache) / 2**20 for each in by_size]
    text = ", ".join(f"{size:,}" for size in sizes) + " names"
    flat, flat_without = spread(with_start), spread(without)
    rounds_text = f"medians of {plan.rounds_short} ({sizes[0]:,}) and {plan.rounds_long} rounds, in flight " \
                  f"{plan.in_flight():,}"
    def listed(values, digits):
        return " / ".join(f"{value:.{digits}f}" for value in values)
    return Result([
        Row(f"{text}: CPU per name, start-up included", "flat within 10 %",
            f"{listed(with_start, 2)} us: {times(flat)}; without start-up ({start_us / 1000:.1f} ms) "
            f"{listed(without, 2)} us: {times(flat_without)}", at_most(flat, 1.1), rounds_text),
        Row(f"{text}: RSS at its peak, beside the cache", "flat, <= 64 MiB", f"{listed(beside, 1)} MiB",
            at_most(max(beside), 64), "peak RSS less what the cache held at the end; " + rounds_text),
    ], [start, *by_size])


def beside_cache(run):
    return run.peak_octets - min(run.summary["cache"]["octets"], CACHE_OCTETS)


def row_idle(plan):
    """One name at a time: from a line on stdin to its row on stdout, over a bare sendto and recvfrom."""
    program, ours = plan.machine.built("dnswarm-bench-idle"), Dnswarm(plan.machine)
    names, asks = Names(plan.machine, 2_000), plan.asks
    found, notes = [], []
    for pause_us in IDLE_PAUSES_US:
        work = Work(names)
        with work.responder():
            run, text = timed([program, "--server", work.server, "--names", names.path, "--rows", ours.rows, "--asks",
                               str(asks), "--pause", str(pause_us), "--", ours.program, "-r", work.server,
                               "--workers", "1", "-q"], [plan.machine.client_core], ours.said)
        if run.problem:
            raise RuntimeError(f"dnswarm-bench-idle: {run.problem}")
        times_us = json.loads(text.splitlines()[-1])
        answered = Work(names)
        ours.check(run, answered)
        if run.answered != times_us["asked"]:
            raise RuntimeError(f"{run.answered} of {times_us['asked']} rows are right")
        found.append(times_us["beyond_us"]["p50"])
        notes.append(f"{pause_us / 1000:.0f} ms between any two asks: " + ", ".join(
            f"{what} {times_us[key]['p50']:.0f} / {times_us[key]['p90']:.0f} / {times_us[key]['p99']:.0f} us"
            for what, key in (("bare", "bare_us"), ("dnswarm", "program_us"), ("difference", "beyond_us")))
            + " (p50 / p90 / p99)")
    measured = " and ".join(f"{value:.0f} us" for value in found)
    pauses = " and ".join(f"{pause / 1000:.0f}" for pause in IDLE_PAUSES_US)
    return Result([Row("one name, idle, line on stdin to row on stdout, over a bare sendto/recvfrom", "<= 100 us median",
                       measured, at_most(max(found), 100),
                       f"each of {asks} names asked by both in turn, {pauses} ms of idleness between; medians of the "
                       "differences, the worse one counts")], notes=notes)


def row_round_trip(plan):
    """50 ms RTT, 4,000 in flight."""
    rtt_s, in_flight = 0.050, 4_000
    work = Work(plan.names(), faults=(f"*:delay={rtt_s * 1000:.0f}ms",))
    ours = Contestant("dnswarm, 50 ms away", Dnswarm(plan.machine), work, in_flight)
    alternate([ours], plan.rounds_long)
    bound = in_flight / rtt_s
    share = ours.median("rate") / bound
    return Result([Row(f"{work.names.count:,} names, 50 ms RTT, 4,000 in flight: names per second",
                       ">= 0.95 of in flight / RTT", f"{times(share)} ({number(ours.median('rate'))} : {number(bound)})",
                       at_least(share, 0.95), f"the whole run, start and end included; the simulator's thread was busy "
                       f"for {ours.median('responder_busy'):.0%} of it; median of {plan.rounds_long} rounds")], [ours])
