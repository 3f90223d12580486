"""Child processes that end with the test, ports that are free, and folders that go away."""
import atexit
import ctypes
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
libc = ctypes.CDLL(None, use_errno=True)

_scratch = None


def scratch():
    """This test program's own folder. Readable by everyone: some children run as another user."""
    global _scratch
    if _scratch is None:
        _scratch = tempfile.mkdtemp(prefix="dnswarm-test-")
        os.chmod(_scratch, 0o755)
        atexit.register(shutil.rmtree, _scratch, ignore_errors=True)
    return _scratch


def scratch_dir(name):
    path = tempfile.mkdtemp(prefix=f"{name}-", dir=scratch())
    os.chmod(path, 0o755)
    return path


def write_file(folder, name, text):
    """Returns its path."""
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def die_with_parent():
    """For preexec_fn: a test that is killed must not leave a server behind."""
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def own_network():
    """Moves this process and its children to come into a network of their own, that of a new user where only that
    may have one: its loopback can be given addresses. False where the system does not allow it."""
    uid, gid = os.getuid(), os.getgid()
    if libc.unshare(CLONE_NEWNET) != 0:
        if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
            return False
        for name, text in [("setgroups", "deny"), ("uid_map", f"0 {uid} 1"), ("gid_map", f"0 {gid} 1")]:
            with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
                file.write(text)
    ip = shutil.which("ip", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    return ip is not None and subprocess.run([ip, "link", "set", "lo", "up"], check=False).returncode == 0


def free_port(address):
    """A port free for UDP and TCP on one address. Taken from below the ephemeral range, so that no
    client's socket gets it before the server has it."""
    for _ in range(200):
        port = random.randrange(10000, 30000)
        try:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, \
                    socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp:
                tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                udp.bind((address, port))
                tcp.bind((address, port))
                return port
        except OSError:
            continue
    raise RuntimeError(f"no free port on {address}")


def loopback_address():
    """An own address for each server: tests that run at the same time do not meet."""
    return f"127.{random.randrange(1, 250)}.{random.randrange(1, 250)}.{random.randrange(2, 250)}"


class Daemon:
    """A child process with its output in a file."""

    def __init__(self, arguments, name, cwd=None, environment=None):
        self.name = name
        self.log_path = os.path.join(scratch_dir(name), "output")
        self.log = open(self.log_path, "wb")
        self.process = subprocess.Popen(
            arguments, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, stdout=self.log,
            stderr=subprocess.STDOUT, preexec_fn=die_with_parent)
        atexit.register(self.kill)

    def output(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def running(self):
        return self.process.poll() is None

    def wait_until(self, ready, seconds=20):
        """Polls ready() until it is true; fails at once where the process ends."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if not self.running():
                raise RuntimeError(f"{self.name} ended with {self.process.returncode}:\n{self.output()}")
            if ready():
                return
            time.sleep(0.02)
        raise RuntimeError(f"{self.name} did not answer within {seconds} s:\n{self.output()}")

    def stop(self, signal_number=signal.SIGTERM, seconds=10):
        """Ends it and returns its exit code."""
        if self.running():
            self.process.send_signal(signal_number)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill()
        self.log.close()
        return self.process.returncode

    def kill(self):
        if self.running():
            self.process.kill()
            self.process.wait()
