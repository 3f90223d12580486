"""Runs the programs under test: dnswarm, and dnswarm-sim as its upstreams."""
import json
import os
import resource
import shutil
import signal
import subprocess
import tempfile

from . import process

BUILD = os.environ.get("DNSWARM_BUILD") or os.path.join(os.path.dirname(__file__), "../../../build")
PROGRAM = os.path.join(BUILD, "dnswarm")
SIMULATOR = os.path.join(BUILD, "dnswarm-sim")
# Sanitized programs are several times slower and do not take a library in front of their runtime.
SANITIZED = os.environ.get("DNSWARM_SANITIZED", "none") not in ("", "none")
NAMES_SCALE = 5 if SANITIZED else 1
ORDINARY_USER = 1000

DEFINITIVE = ("NOERROR", "NXDOMAIN")


def require_programs():
    for path in (PROGRAM, SIMULATOR):
        if not os.access(path, os.X_OK):
            raise RuntimeError(f"{os.path.basename(path)} is not built")


def scaled(count):
    """A number of names that a sanitized build gets through in the same time."""
    return max(1, count // NAMES_SCALE)


class Result:
    def __init__(self, code, stdout, stderr):
        self.code = code
        self.stdout = stdout
        self.stderr = stderr.decode("utf-8", "replace")

    def rows(self):
        """The ndjson rows. Each line must be one complete object."""
        assert not self.stdout or self.stdout.endswith(b"\n"), "the last row is not ended"
        return [json.loads(line) for line in self.stdout.splitlines()]


def ordinary_user(descriptors=1024):
    """For preexec_fn: what a fresh account gets: uid 1000, no capabilities, stock descriptor limit."""
    def become():
        process.die_with_parent()
        resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))
        # Debian's stock limit of locked memory; io_uring buffers count against it.
        resource.setrlimit(resource.RLIMIT_MEMLOCK, (8 << 20, 8 << 20))
        if os.getuid() == 0:
            os.setgroups([])
            os.setgid(ORDINARY_USER)
            os.setuid(ORDINARY_USER)
        process.die_with_parent()
    return become


def program_for_everyone():
    """A copy that uid 1000 can reach: the checkout may be in a private folder."""
    target = os.path.join(process.scratch(), "dnswarm")
    if not os.path.exists(target):
        shutil.copy2(PROGRAM, target)
        os.chmod(target, 0o755)
    return target


def as_input(names):
    if isinstance(names, (list, tuple)):
        names = "".join(f"{name}\n" for name in names)
    return names.encode() if isinstance(names, str) else names


def run(arguments, names=b"", timeout=120, preexec=process.die_with_parent, program=None, environment=None,
        stdout=subprocess.PIPE):
    """Runs dnswarm to its end. `names`: octets, text, or a list of lines for stdin."""
    command = [program or PROGRAM, *map(str, arguments)]
    done = subprocess.run(command, input=as_input(names), stdout=stdout, stderr=subprocess.PIPE,
                          timeout=timeout * NAMES_SCALE, preexec_fn=preexec, check=False,
                          env={**os.environ, **(environment or {})})
    return Result(done.returncode, done.stdout or b"", done.stderr)


def start(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE):
    """Starts dnswarm for tests that talk to it while it runs."""
    return subprocess.Popen([PROGRAM, *map(str, arguments)], stdin=stdin, stdout=stdout,
                            stderr=subprocess.PIPE, preexec_fn=process.die_with_parent)


def generate(count, extra=()):
    """The simulator's deterministic list of names."""
    done = subprocess.run([SIMULATOR, "--generate", str(count), *extra], stdout=subprocess.PIPE, check=True)
    return done.stdout


class SimulatorProcess:
    """dnswarm-sim with these arguments, from its ready line, `ready`, on. `by`: the command that starts it."""

    def __init__(self, arguments, by=()):
        self.errors = tempfile.TemporaryFile(dir=process.scratch())
        self.child = subprocess.Popen([*by, SIMULATOR, *map(str, arguments)], stdin=subprocess.DEVNULL,
                                      stdout=subprocess.PIPE, stderr=self.errors,
                                      preexec_fn=process.die_with_parent)
        line = self.child.stdout.readline()
        if not line:
            self.child.wait()
            self.errors.seek(0)
            raise RuntimeError(f"dnswarm-sim {' '.join(map(str, arguments))}: {self.errors.read().decode()}")
        self.ready = json.loads(line)
        self.listening = self.ready["listening"]

    def stop(self):
        """Ends it; returns what it counted."""
        self.child.send_signal(signal.SIGTERM)
        out, _ = self.child.communicate(timeout=30)
        return json.loads(out.splitlines()[-1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.child.poll() is None:
            self.child.kill()
        self.child.wait()
        self.child.stdout.close()
        self.errors.close()


class Simulator(SimulatorProcess):
    """dnswarm-sim with the given flags, on loopback addresses and ports of its own."""

    def __init__(self, addresses=1, faults=(), extra=(), by=()):
        self.spec = self.listen_spec(addresses) if isinstance(addresses, int) else addresses
        arguments = ["--listen", self.spec]
        for fault in faults:
            arguments += ["--fault", fault]
        super().__init__([*arguments, *extra], by)

    @staticmethod
    def listen_spec(count):
        base = process.loopback_address().rpartition(".")[0]
        last = f"1-{count}" if count > 1 else "1"
        return f"{base}.{last}:0"

    @property
    def resolvers(self):
        return ",".join(self.listening)

    def hosts(self):
        return [endpoint.rpartition(":")[0] for endpoint in self.listening]


class World(SimulatorProcess):
    """dnswarm-sim world: `flags` say which world it is, `faults` what is wrong with it. `port`: 0 for a free one."""

    def __init__(self, flags, faults=(), port=0):
        self.folder = process.scratch_dir("world")
        self.hints = os.path.join(self.folder, "hints")
        arguments = ["world", *flags, "--port", port, "--hints", self.hints]
        for fault in faults:
            arguments += ["--fault", fault]
        super().__init__(arguments)
        self.port = int(self.listening[0].rpartition(":")[2])

    def resolve(self, names, *flags):
        return run(["--iterative", "--root-hints", self.hints, "--authoritative-port", self.port,
                    "--rate-per-server", 0, "-q", *flags], names)


def base_address():
    """A /24 of loopback for faults that must be named before the simulator runs: "127.3.4"."""
    return process.loopback_address().rpartition(".")[0]


def check(result, names, extra=(), job=()):
    """Lets the simulator compare ndjson rows with its rule, or with what the `job` (world) is about. Returns (good,
    its words)."""
    folder = process.scratch_dir("check")
    results_path, names_path = os.path.join(folder, "rows"), os.path.join(folder, "names")
    with open(results_path, "wb") as file:
        file.write(result.stdout if isinstance(result, Result) else result)
    with open(names_path, "wb") as file:
        file.write(as_input(names))
    done = subprocess.run([SIMULATOR, *job, "--check", results_path, "--names", names_path, *map(str, extra)],
                          capture_output=True, check=False)
    shutil.rmtree(folder)
    return done.returncode == 0, (done.stdout + done.stderr).decode("utf-8", "replace")[-3000:]


def assert_all_right(test, result, names, **job):
    """Of a unittest: every name has its right row, once, and the exit code says so."""
    good, words = check(result, names, **job)
    test.assertTrue(good, words + result.stderr)
    test.assertEqual(result.code, 0, result.stderr)


def world_names(flags, per_domain):
    """Names to ask the world of these flags, as text."""
    path = os.path.join(process.scratch_dir("names"), "names")
    subprocess.run([SIMULATOR, "world", *map(str, flags), "--no-serve", "--write-names", path, "--names-per-domain",
                    str(per_domain)], check=True)
    with open(path, encoding="ascii") as file:
        return file.read()
