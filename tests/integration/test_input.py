#!/usr/bin/env python3
"""What people and broken tools pipe in: one row for every accepted line, and no line harms another."""
import os
import random
import subprocess
import unittest

from harness import dnswarm, process, tap

LABEL63 = "a" * 63
NAME253 = ".".join([LABEL63, LABEL63, LABEL63, "a" * 61])


class Input(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        dnswarm.require_programs()
        cls.simulator = dnswarm.Simulator(1)

    @classmethod
    def tearDownClass(cls):
        cls.simulator.__exit__()

    def resolve(self, names, *flags, **how):
        return dnswarm.run(["-r", self.simulator.resolvers, "--ordered", *flags], names, **how)

    def assert_statuses(self, cases, *flags):
        rows = self.resolve(b"".join(line + b"\n" for line, _ in cases), *flags).rows()
        self.assertEqual([row["status"] for row in rows], [status for _, status in cases])
        return rows

    def test_names_that_are_names(self):
        good = [b"ok-a.test", b"OK-A.Test", b"ok-b.test.", b"ok-_x._tcp.test", LABEL63.encode() + b".ok.test",
                NAME253.encode() + b".", b"ok-esc\\.aped.test", b"ok-\\065.test", b"ok-\\000\\255.test", b".", b"test",
                b"  ok-blank.test \t", b"ok-crlf.test\r", b"*.ok.test", b"ok-star.*.test"]
        rows = self.resolve(b"".join(line + b"\n" for line in good)).rows()
        self.assertEqual(len(rows), len(good))
        for row, line in zip(rows, good):
            self.assertIn(row["status"], ("NOERROR", "NXDOMAIN"), line)
        self.assertEqual([row["name"] for row in rows[:3]], ["ok-a.test", "OK-A.Test", "ok-b.test"])
        self.assertEqual(rows[1]["qname"], "ok-a.test")
        self.assertNotIn("qname", rows[0])
        self.assertEqual(rows[9]["name"], ".")

    def test_names_that_are_none(self):
        self.assert_statuses([(line, "INVALID_NAME") for line in (
            b"a" * 64 + b".test", b"a." + NAME253.encode(), b"a..b", b".a", b"..", b"a\0b.test", b"\x01.test",
            b"caf\xe9.test", b"\xff\xfe", b"ok.test A extra", b"ok.test NOSUCHTYPE", b"ok.test A,", b"bad\\", b"bad\\25",
            b"bad\\999.test", b"192.0.2.1", b"2001:db8::1", b"\xc3(.test", b"ok\x7f.test")])

    def test_addresses_are_reversed_for_ptr(self):
        rows = self.resolve(["192.0.2.1", "2001:db8::1"], "-t", "PTR").rows()
        self.assertEqual([row["qname"] for row in rows],
                         ["1.2.0.192.in-addr.arpa",
                          "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"])

    def test_utf8_names_are_asked_as_a_labels(self):
        row, = self.resolve("Bücher.test\n").rows()
        if row["status"] == "INVALID_NAME":
            self.skipTest("built without libidn2")
        self.assertEqual((row["name"], row["qname"]), ("Bücher.test", "xn--bcher-kva.test"))

    def test_blank_lines_and_comments_are_no_lines(self):
        rows = self.resolve(b"\n\r\n   \n# a comment\n  # another\nok-a.test\n\n#\nok-b.test").rows()
        self.assertEqual([row["name"] for row in rows], ["ok-a.test", "ok-b.test"])

    def test_types_on_a_line_replace_the_default(self):
        rows = self.resolve(b"ok-a.test AAAA,MX,AAAA\nok-b.test\nok-c.test type65\nok-d.test https\n", "-t", "A,NS").rows()
        self.assertEqual([(row["name"], row["type"]) for row in rows],
                         [("ok-a.test", "AAAA"), ("ok-a.test", "MX"), ("ok-b.test", "A"), ("ok-b.test", "NS"),
                          ("ok-c.test", "HTTPS"), ("ok-d.test", "HTTPS")])

    def test_an_invalid_line_gives_a_row_for_each_default_type(self):
        rows = self.resolve(b"a..b\nok-a.test\n", "-t", "A,MX").rows()
        self.assertEqual([(row["type"], row["status"]) for row in rows],
                         [("A", "INVALID_NAME"), ("MX", "INVALID_NAME"), ("A", "NOERROR"), ("MX", "NOERROR")])

    def test_a_line_of_100_megabytes_costs_no_other_name_and_no_memory(self):
        child = subprocess.Popen([dnswarm.PROGRAM, "-r", self.simulator.resolvers, "--ordered"], stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=process.die_with_parent)
        child.stdin.write(b"ok-before.test\n")
        for _ in range(100):
            child.stdin.write(b"x" * 1_000_000)
        child.stdin.write(b"\nok-after.test\n")
        child.stdin.close()
        out = child.stdout.read()
        _, _, usage = os.wait4(child.pid, 0)
        child.stdout.close(), child.stderr.close()
        rows = dnswarm.Result(0, out, b"").rows()
        self.assertEqual([row["status"] for row in rows], ["NOERROR", "INVALID_NAME", "NOERROR"])
        self.assertLessEqual(len(rows[1]["name"]), 1024)
        if not dnswarm.SANITIZED:
            self.assertLess(usage.ru_maxrss, 160 * 1024, "KiB of memory")

    def test_junk_gives_exactly_one_row_for_each_accepted_line(self):
        random.seed(20261122)
        junk = bytes(random.choices(range(256), k=400_000)) + b"\n" + bytes(random.choices(b"a.\\ \t#0\r\n\0\xc3\xa9", k=100_000))
        lines = [line.rstrip(b"\r").strip(b" \t") for line in junk.split(b"\n")]
        accepted = sum(1 for line in lines if line and not line.startswith(b"#"))
        result = dnswarm.run(["-r", self.simulator.resolvers, "--deadline", "3000"], junk)
        self.assertIn(result.code, (0, 3), result.stderr)
        rows = result.rows()
        self.assertEqual(len(rows), accepted)

    def test_shards_put_together_are_the_whole_list(self):
        names = dnswarm.generate(3000) + b"a..b\nok-a.test MX,A\nx..y\n"
        parts = [self.resolve(names, "--shard", f"{number}/3") for number in (1, 2, 3)]
        counts = [len(part.rows()) for part in parts]
        self.assertEqual(sum(counts), 3004)
        for number, count in enumerate(counts, 1):
            self.assertTrue(800 < count < 1200, counts)
            self.assertIn(f"shard {number}/3: accepted", parts[number - 1].stderr)
        good, words = dnswarm.check(b"".join(part.stdout for part in parts), names)
        self.assertTrue(good, words)
        tables = [self.resolve(names, "-f", "csv", "--shard", f"{number}/3").stdout for number in (1, 2, 3)]
        lines = b"".join(tables).split(b"\r\n")
        self.assertEqual((lines[0].split(b",")[0], len(lines)), (b"name", 1 + 3004 + 1))
        self.assertEqual(b"".join(tables).count(b"name,qname"), 1)

    def test_a_byte_order_mark_is_no_part_of_the_first_name(self):
        row, = self.resolve(b"\xef\xbb\xbfok-a.test\n").rows()
        self.assertEqual((row["name"], row["status"]), ("ok-a.test", "NOERROR"))

    def test_a_file_and_a_missing_file(self):
        path = os.path.join(process.scratch_dir("input"), "names")
        with open(path, "wb") as file:
            file.write(b"ok-a.test")
        self.assertEqual(len(self.resolve(b"", path).rows()), 1)
        missing = self.resolve(b"", path + "-missing")
        self.assertIn(missing.code, (1, 2))
        self.assertIn("missing", missing.stderr)

    def test_names_come_out_while_stdin_is_still_open(self):
        child = dnswarm.start(["-r", self.simulator.resolvers])
        child.stdin.write(b"ok-a.test\n")
        child.stdin.flush()
        self.assertIn(b"ok-a.test", child.stdout.readline())  # meson's time limit ends a wait in vain
        child.stdin.write(b"ok-b.test\n")
        child.stdin.flush()
        self.assertIn(b"ok-b.test", child.stdout.readline())
        out, _ = child.communicate()
        self.assertEqual((out, child.returncode), (b"", 0))


if __name__ == "__main__":
    tap.main()
