#!/usr/bin/env python3
"""Few descriptors (`ulimit -n`): it works with fewer sockets, or says in one line why it cannot; nothing between."""
import resource
import unittest

from harness import dnswarm, process, tap

NAMES = 2000


def limited_to(descriptors):
    """For preexec_fn."""
    def limit():
        process.die_with_parent()
        resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))
    return limit


class Descriptors(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        dnswarm.require_programs()
        cls.names = dnswarm.generate(NAMES)  # a hundredth over TCP

    def run_limited(self, descriptors, resolvers, flags):
        """True where it ran, and all rows are right; False where it said why it could not."""
        folder = process.scratch_dir("run")
        rows_path, names_path = folder + "/rows", folder + "/names"  # all the files that there may be
        with open(names_path, "wb") as file:
            file.write(self.names)
        result = dnswarm.run(["-r", resolvers, "-q", *flags, "-o", rows_path, "--summary",
                              rows_path + "-summary", names_path], preexec=limited_to(descriptors), timeout=30)
        with open(rows_path, "rb") as file:
            rows = file.read()
        if result.code == 2:
            self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
            self.assertIn(f"too few file descriptors: {descriptors} are allowed", result.stderr)
            return False
        self.assertEqual(result.code, 0, result.stderr)
        good, words = dnswarm.check(rows, self.names)
        self.assertTrue(good, words)
        return True

    def test_it_works_with_few_or_says_why_not(self):
        worked = {}
        for upstreams in (1, 40):
            with dnswarm.Simulator(upstreams) as simulator:
                for descriptors in (10, 16, 17, 20, 21, 22, 24, 51, 52, 64):
                    for workers in (1, 2, 8):
                        key = upstreams, descriptors, workers
                        flags = ["--workers", workers, "--io", "uring" if workers == 1 else "mmsg"]
                        with self.subTest(upstreams=upstreams, descriptors=descriptors, workers=workers):
                            worked[key] = self.run_limited(descriptors, simulator.resolvers, flags)
        # 12 for the program, 5 for each worker.
        for (upstreams, descriptors, workers), did in worked.items():
            self.assertEqual(did, descriptors >= 12 + 5 * workers, (upstreams, descriptors, workers))

    def test_as_many_workers_as_fit_where_none_are_asked_for(self):
        with dnswarm.Simulator(1) as simulator:
            self.assertTrue(self.run_limited(17, simulator.resolvers, []))

    def test_every_upstream_needs_tcp_and_few_connections_are_left(self):
        self.names = b"".join(b"tc-%d.test\nok-%d.test\n" % (i, i) for i in range(1000))
        with dnswarm.Simulator(40) as simulator:
            self.assertTrue(self.run_limited(24, simulator.resolvers, ["--workers", 1]))
            self.assertTrue(self.run_limited(40, simulator.resolvers, ["--workers", 2]))

    def test_walking_the_hierarchy_with_few_descriptors(self):
        world = ["--domains", "200", "--root-servers", "2", "--tld-servers", "2"]
        names = dnswarm.world_names(world, 5)
        with dnswarm.World(world) as simulator:
            flags = ["--iterative", "--root-hints", simulator.hints, "--authoritative-port", simulator.port,
                     "--rate-per-server", 0, "-q", "--workers", 2]
            result = dnswarm.run(flags, names, preexec=limited_to(24))
        self.assertEqual(result.code, 0, result.stderr)
        good, words = dnswarm.check(result, names, job=["world", *world])
        self.assertTrue(good, words)


if __name__ == "__main__":
    tap.main()
