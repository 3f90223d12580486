"""A veth pair into a network namespace of its own, without UDP segmentation by the device: the nearest to a
real card without it that one machine has. Needs root, and the packages iproute2 and ethtool."""
import contextlib
import os
import shutil
import subprocess

# RFC 2544's block for benchmarks.
CLIENT, RESPONDER, BITS = "198.18.0.1", "198.18.0.2", 30


def why_not():
    """Why it cannot be had here; empty where it can."""
    if os.geteuid() != 0:
        return "needs root (a network namespace)"
    missing = [program for program in ("ip", "ethtool") if not tool(program)]
    if missing:
        return f"{' and '.join(missing)} not there (tools/setup --bench)"
    return ""


def tool(program):
    return shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def run(program, *arguments):
    done = subprocess.run([tool(program), *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{program} {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout


@contextlib.contextmanager
def pair():
    """Sets it up and yields what goes before a command that runs at its other end; takes it down."""
    space, ours, theirs = f"dnswarm-{os.getpid()}", "dnswarm-bench0", "dnswarm-bench1"
    run("ip", "netns", "add", space)
    try:
        run("ip", "link", "add", ours, "type", "veth", "peer", "name", theirs, "netns", space)
        inside = (tool("ip"), "netns", "exec", space)
        run("ip", "address", "add", f"{CLIENT}/{BITS}", "dev", ours)
        run("ip", "-n", space, "address", "add", f"{RESPONDER}/{BITS}", "dev", theirs)
        run("ethtool", "-K", ours, "tx-udp-segmentation", "off")
        run("ip", "netns", "exec", space, tool("ethtool"), "-K", theirs, "tx-udp-segmentation", "off")
        run("ip", "link", "set", ours, "up")
        run("ip", "-n", space, "link", "set", theirs, "up")
        if "tx-udp-segmentation: off" not in run("ethtool", "-k", ours):
            raise RuntimeError(f"{ours} still segments UDP")
        yield inside
    finally:
        # The pair goes with its end in the namespace.
        subprocess.run([tool("ip"), "link", "del", ours], capture_output=True, check=False)
        subprocess.run([tool("ip"), "netns", "del", space], capture_output=True, check=False)
