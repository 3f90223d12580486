#!/usr/bin/env python3
"""The same mixed list through four upstreams of every temper, in each way dnswarm can reach the kernel and
as an ordinary user: one right row for every name, whatever happens."""
import json
import os
import unittest

from harness import dnswarm, process, tap

NAMES = 40_000
OLDER_KERNEL = "no-min-wait,no-gso,no-defer-taskrun"
# Debian's stock net.core.rmem_max and wmem_max; see stock_limits.cc.
STOCK_LIMITS = os.environ.get("DNSWARM_STOCK_LIMITS", "")


class Variants(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        dnswarm.require_programs()
        cls.names = dnswarm.generate(dnswarm.scaled(NAMES))
        cls.count = cls.names.count(b"\n")

    def resolve_all(self, *flags, **how):
        """Loss, duplicates, disorder, forgery and slow answers at once; every name still gets its own."""
        base = dnswarm.base_address()
        faults = [f"{base}.1:delay=5ms,dup=5%", f"{base}.2:delay=uniform:5-30ms,reorder=10%,loss=3%",
                  f"{base}.3:delay=normal:20ms/5ms,wrong-id=2%,wrong-source=2%,wrong-question=2%,garbage=1%",
                  f"{base}.4:delay=90%:5ms+10%:300ms,cut=1%,lower-question=50%"]
        folder = process.scratch_dir("summary")
        os.chmod(folder, 0o777)
        summary = os.path.join(folder, "summary.json")
        with dnswarm.Simulator(f"{base}.1-4:0", faults) as simulator:
            result = dnswarm.run(["-r", simulator.resolvers, "--summary", summary, *flags], self.names, **how)
            counts = simulator.stop()
        self.assertEqual(result.code, 0, result.stderr)
        self.assertEqual(len(result.rows()), self.count)
        good, words = dnswarm.check(result, self.names)
        self.assertTrue(good, words)
        for upstream in counts["upstreams"]:
            self.assertGreater(upstream["queries_udp"], 0, counts)
        with open(summary, encoding="utf-8") as file:
            return json.load(file)

    def test_with_io_uring(self):
        self.resolve_all("--io", "uring")

    def test_with_recvmmsg_and_sendmmsg(self):
        self.resolve_all("--io", "mmsg")

    def test_with_the_features_of_older_kernels(self):
        self.resolve_all("--io", "uring", "--io-mask", OLDER_KERNEL)

    def test_mmsg_without_segmentation_offload(self):
        self.resolve_all("--io", "mmsg", "--io-mask", "no-gso")

    def test_with_one_worker_and_with_many(self):
        self.resolve_all("--workers", "1")
        self.resolve_all("--workers", "8", "--in-flight", "2000")

    def test_as_an_ordinary_user_with_stock_limits(self):
        if os.getuid() not in (0, dnswarm.ORDINARY_USER):
            self.skipTest("becoming uid 1000 needs root")
        environment = {}
        if dnswarm.SANITIZED:
            print("# stock socket buffers are not imposed on a sanitized build", flush=True)
        else:
            self.assertTrue(os.path.exists(STOCK_LIMITS), "stock_limits is not built")
            environment["LD_PRELOAD"] = self.copy_for_everyone(STOCK_LIMITS)
        for io in ("uring", "mmsg"):
            with self.subTest(io=io):
                self.resolve_all("--io", io, preexec=dnswarm.ordinary_user(1024), environment=environment,
                                 program=dnswarm.program_for_everyone())

    @staticmethod
    def copy_for_everyone(path):
        target = os.path.join(process.scratch(), os.path.basename(path))
        with open(path, "rb") as source, open(target, "wb") as copy:
            copy.write(source.read())
        os.chmod(target, 0o755)
        return target


if __name__ == "__main__":
    tap.main()
