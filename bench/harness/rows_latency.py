"""The rows about time that passes rather than work: one idle name, and a long way to the upstream."""
import json

from .clients import Dnswarm, Floor
from .machine import timed
from .responder import Names, Work
from .rounds import Contestant, alternate
from .table import Result, Row, compared, times

IDLE_NAMES = 1_000
IDLE_PAUSES_US = (2_000, 20_000)
IDLE_BOUND_US = 100
RTT_S, IN_FLIGHT = 0.050, 4_000


def ask_idle(plan, pause_us):
    """What dnswarm-bench-idle found, its rows verified."""
    program, ours = plan.machine.built("dnswarm-bench-idle"), Dnswarm(plan.machine)
    work = Work(Names(plan.machine, IDLE_NAMES))
    with work.responder():
        run, text = timed([program, "--server", work.server, "--names", work.names.path, "--rows", ours.rows,
                           "--asks", str(plan.asks), "--pause", str(pause_us), "--", ours.program,
                           "-r", work.server, "--workers", "1", "-q"],
                          [plan.machine.client_core], ours.said)
    if run.problem:
        raise RuntimeError(f"dnswarm-bench-idle: {run.problem}")
    found = json.loads(text.splitlines()[-1])
    # Only the first names were asked: the rest of the list is no loss.
    asked = work.names.first(found["asked"])
    ours.check(run, Work(asked))
    if run.problem or run.answered != found["asked"]:
        raise RuntimeError(f"{run.answered} of {found['asked']} rows are right {run.problem}")
    return found


def idle_note(pause_us, found):
    parts = [f"{what} {found[key]['p50']:.0f} / {found[key]['p90']:.0f} / {found[key]['p99']:.0f} us"
             for what, key in (("bare", "bare_us"), ("dnswarm", "program_us"), ("difference", "beyond_us"))]
    return f"{pause_us / 1000:.0f} ms between any two asks: {', '.join(parts)} (p50 / p90 / p99)"


def row_idle(plan):
    """One name at a time, against a bare sendto and recvfrom."""
    found = {pause_us: ask_idle(plan, pause_us) for pause_us in IDLE_PAUSES_US}
    beyond_us = [each["beyond_us"]["p50"] for each in found.values()]
    measured = " and ".join(f"{value:.0f} us" for value in beyond_us)
    pauses = " and ".join(f"{pause_us / 1000:.0f}" for pause_us in IDLE_PAUSES_US)
    return Result([Row("one name, idle, line on stdin to row on stdout, over a bare sendto/recvfrom",
                       f"<= {IDLE_BOUND_US} us median", measured, max(beyond_us) <= IDLE_BOUND_US,
                       f"{plan.asks} names asked by both in turn, {pauses} ms of idleness between; medians "
                       "of the differences, the worse one counts")],
                  [], [idle_note(pause_us, each) for pause_us, each in found.items()])


def row_round_trip(plan):
    """50 ms RTT, 4,000 in flight."""
    work = Work(plan.names(), faults=(f"*:delay={RTT_S * 1000:.0f}ms",))
    ours = Contestant("dnswarm, 50 ms away", Dnswarm(plan.machine), work, IN_FLIGHT)
    # What the simulator and the kernel let anyone have here.
    floor = Contestant("floor, 50 ms away", Floor(plan.machine), work, IN_FLIGHT)
    alternate([ours, floor], plan.rounds_long)
    rate, bound = ours.median("rate"), IN_FLIGHT / RTT_S
    return Result([Row(f"{work.names.count:,} names, 50 ms RTT, {IN_FLIGHT:,} in flight: names per second",
                       ">= 0.95 of in flight / RTT", compared(rate, bound), rate / bound >= 0.95,
                       "the whole run, start and end included; the simulator's thread was busy for "
                       f"{ours.median('responder_busy'):.0%} of it; the floor had "
                       f"{times(floor.median('rate') / bound)}; medians of {plan.rounds_long} alternating "
                       "rounds")], [ours, floor])
