"""Runs one command on given cores and prints what it took, as JSON. A process of its own, and a small one:
a child counts the memory it was forked from as its own peak, and pays for letting go of it.

    python3 -I -S launch.py CORE,... OUTPUT COMMAND...
"""
import json
import os
import resource
import sys
import time


def busy_ticks():
    """{core: (busy, all)} in clock ticks; "cpu" is the whole machine."""
    ticks = {}
    with open("/proc/stat", encoding="ascii") as file:
        for line in file:
            if line.startswith("cpu"):
                name, *fields = line.split()
                user, nice, system, idle, iowait, irq, softirq, steal = map(int, fields[:8])
                busy = user + nice + system + irq + softirq + steal
                ticks[name] = (busy, busy + idle + iowait)
    return ticks


def main():
    cores, output, command = sys.argv[1], sys.argv[2], sys.argv[3:]
    os.sched_setaffinity(0, {int(core) for core in cores.split(",")})
    # Room for a socket per query, where a client wants that.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    files = [(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
             (os.POSIX_SPAWN_OPEN, 1, output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644),
             (os.POSIX_SPAWN_DUP2, 1, 2)]
    before, started = busy_ticks(), time.monotonic()
    child = os.posix_spawn(command[0], command, os.environ, file_actions=files)
    _, status, usage = os.wait4(child, 0)
    seconds, after = time.monotonic() - started, busy_ticks()
    print(json.dumps({
        "seconds": seconds, "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "peak_octets": usage.ru_maxrss * 1024, "code": os.waitstatus_to_exitcode(status),
        "ticks": {name: [after[name][i] - before[name][i] for i in (0, 1)] for name in after}}))


if __name__ == "__main__":
    main()
