"""A machine that is short of memory, of disk or of a network, for one program. All of it is the test's own: namespaces
and cgroups, which end with it. Needs root."""
import os
import shutil
import subprocess
import unittest

from . import process

CLONE_NEWNS = 0x00020000


def tool(name):
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if path is None:
        raise unittest.SkipTest(f"{name} is not installed")
    return path


def require_root():
    if os.getuid() != 0:
        raise unittest.SkipTest("needs root")


def read(path):
    with open(path, encoding="ascii") as file:
        return file.read()


def write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(str(text))


class MemoryGroup:
    """A cgroup, of version 1 or 2, with at most `octets` of memory, swap included."""

    def __init__(self, octets):
        require_root()
        self.version, root = self.hierarchy()
        self.path = os.path.join(root, f"dnswarm-test-{os.getpid()}-{octets}")
        try:
            os.mkdir(self.path)
            self.limit(octets)
        except OSError as error:
            self.remove()
            raise unittest.SkipTest(f"no memory cgroup can be made: {error}") from error

    @staticmethod
    def hierarchy():
        """(version, folder) of the memory controller."""
        for line in read("/proc/mounts").splitlines():
            _, folder, kind, options = line.split()[:4]
            if kind == "cgroup" and "memory" in options.split(","):
                return 1, folder
            if kind == "cgroup2" and "memory" in read(f"{folder}/cgroup.controllers").split():
                write(f"{folder}/cgroup.subtree_control", "+memory")
                return 2, folder
        raise unittest.SkipTest("no memory cgroup controller is mounted")

    def file(self, name):
        return os.path.join(self.path, name)

    def limit(self, octets):
        if self.version == 1:
            write(self.file("memory.limit_in_bytes"), octets)
            if os.path.exists(self.file("memory.memsw.limit_in_bytes")):
                write(self.file("memory.memsw.limit_in_bytes"), octets)
            return
        write(self.file("memory.max"), octets)
        if os.path.exists(self.file("memory.swap.max")):
            write(self.file("memory.swap.max"), 0)

    def enter(self):
        """For preexec_fn."""
        process.die_with_parent()
        write(self.file("cgroup.procs"), 0)

    def peak(self):
        """Most octets ever used, the kernel's on its behalf included; None where the kernel does not tell."""
        name = self.file("memory.max_usage_in_bytes" if self.version == 1 else "memory.peak")
        return int(read(name)) if os.path.exists(name) else None

    def kills(self):
        text = read(self.file("memory.oom_control" if self.version == 1 else "memory.events"))
        return int(dict(line.split() for line in text.splitlines())["oom_kill"])

    def remove(self):
        if os.path.isdir(self.path):
            os.rmdir(self.path)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.remove()


class SmallDisk:
    """A file system of `octets`, seen by this process and its children only."""

    def __init__(self, octets):
        require_root()
        self.path = process.scratch_dir("disk")
        if process.libc.unshare(CLONE_NEWNS) != 0:
            raise unittest.SkipTest("no mount namespace of its own")
        if subprocess.run([tool("mount"), "--make-rprivate", "/"], capture_output=True, check=False).returncode != 0:
            raise unittest.SkipTest("mounts cannot be made private: a chroot's root is no mount point")
        subprocess.run([tool("mount"), "-t", "tmpfs", "-o", f"size={octets}", "dnswarm-test", self.path], check=True)

    def file(self, name):
        return os.path.join(self.path, name)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run([tool("umount"), "--lazy", self.path], check=True)


class Link:
    """Two machines and a wire: this process moves to a network of its own for good; what runs by `there` is at the
    other end."""
    HERE, THERE = "10.99.0.1", "10.99.0.2"

    def __init__(self):
        require_root()
        if not process.own_network():
            raise unittest.SkipTest("no network namespace of its own")
        self.other = subprocess.Popen(["sleep", "infinity"], preexec_fn=self.leave)
        self.there = [tool("nsenter"), f"--net=/proc/{self.other.pid}/ns/net"]
        try:
            self.ip("link", "add", "here", "type", "veth", "peer", "name", "there", "netns", str(self.other.pid))
        except subprocess.CalledProcessError as error:
            self.other.kill()
            raise unittest.SkipTest("no veth pair can be made") from error
        for where, end, address in (([], "here", self.HERE), (self.there, "there", self.THERE)):
            self.ip("addr", "add", f"{address}/24", "dev", end, where=where)
            self.ip("link", "set", end, "up", where=where)
        self.ip("link", "set", "lo", "up", where=self.there)

    @staticmethod
    def leave():
        process.die_with_parent()
        process.libc.unshare(process.CLONE_NEWNET)

    @staticmethod
    def ip(*arguments, where=()):
        subprocess.run([*where, tool("ip"), *arguments], check=True)

    def down(self):
        """The route goes with it: "Network is unreachable"."""
        self.ip("link", "set", "here", "down")

    def up(self):
        self.ip("link", "set", "here", "up")

    def other_end(self, state):
        """The cable is pulled there: this end loses its carrier, and its route stays."""
        self.ip("link", "set", "there", state, where=self.there)

    def stop(self):
        self.other.kill()
        self.other.wait()
