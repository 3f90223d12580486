#!/usr/bin/env python3
"""What an upstream can do over TCP to whoever asked it: the largest answers, answers that drip, octets without end.
Each name has one row, other names do not suffer, and memory is bounded."""
import resource
import struct
import time
import unittest

from harness import dnswarm, process, tap
from harness.hostile import RA_RESPONSE, HostileUpstream, framed, header, question

MESSAGE_MAX = 65535
MEMORY_MAX = 200 << 20  # of it 64 MiB are the cache's
GARBAGE = bytes(range(256)) * 256


def with_bounded_memory():
    """For preexec_fn: who wants more gets none, and ends by it."""
    process.die_with_parent()
    if not dnswarm.SANITIZED:
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_MAX, MEMORY_MAX))


def largest_answer(connection, query):
    """As many A records as fit: 10.0.0.0, 10.0.0.1, ..."""
    asked = question(query)
    count = (MESSAGE_MAX - 12 - len(asked)) // 16
    records = b"".join(struct.pack("!HHHIH4B", 0xc00c, 1, 1, 300, 4, 10, 0, i >> 8, i & 255) for i in range(count))
    connection.sendall(framed(header(query, RA_RESPONSE, count) + asked + records))


def drip(connection, query):
    """An answer that would be right, at ten octets a second, for as long as somebody listens."""
    asked = question(query)
    answer = framed(header(query, RA_RESPONSE, 1) + asked + struct.pack("!HHHIH4B", 0xc00c, 1, 1, 300, 4, 10, 9, 9, 9))
    for octet in answer:
        connection.sendall(bytes([octet]))
        time.sleep(0.1)


def endless_octets(connection, _):
    """One message of 65,535 octets after the other, and none that was asked for."""
    frame = framed(GARBAGE[:MESSAGE_MAX])
    while True:
        connection.sendall(frame)


def endless_empty_messages(connection, _):
    nothing = bytes(1 << 16)
    while True:
        connection.sendall(nothing)


def one_octet_short(connection, query):
    """The length promises one octet more than ever comes."""
    answer = header(query, RA_RESPONSE, 0) + question(query)
    connection.sendall(struct.pack("!H", len(answer) + 1) + answer)
    time.sleep(60)


class HostileTcp(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        dnswarm.require_programs()

    @staticmethod
    def resolve(resolvers, names, *flags):
        return dnswarm.run(["-r", resolvers, "-q", "--workers", 1, *flags], names, preexec=with_bounded_memory)

    def test_answers_of_64_kib_are_shown_whole(self):
        upstream = HostileUpstream(largest_answer)
        names = [f"n{i}.test" for i in range(200)]
        for flags in ([], ["--cache-size", 1], ["--ordered", "-f", "ndjson"]):
            with self.subTest(flags=flags):
                result = self.resolve(upstream.endpoint, names + names, "--timeout", 5000, *flags)
                self.assertEqual(result.code, 0, result.stderr)
                rows = result.rows()
                self.assertEqual(sorted(row["name"] for row in rows), sorted(names + names))
                for row in rows:
                    count = (MESSAGE_MAX - 12 - len(row["name"]) - 6) // 16
                    self.assertEqual([record["data"] for record in row["answers"]],
                                     [f"10.0.{i >> 8}.{i & 255}" for i in range(count)], row["name"])

    def assert_one_failure_each(self, serve, *flags):
        upstream = HostileUpstream(serve)
        names = [f"n{i}.test" for i in range(300)]
        result = self.resolve(upstream.endpoint, names, "--timeout", 100, "--deadline", 1500, *flags)
        rows = result.rows()
        self.assertEqual(sorted(row["name"] for row in rows), sorted(names))
        self.assertLessEqual({row["status"] for row in rows}, {"TIMEOUT", "INVALID_RESPONSE"})
        self.assertEqual(result.code, 3, result.stderr)
        self.assertGreater(upstream.connections, 0)

    def test_answers_that_never_end_end_at_the_deadline(self):
        for serve in (drip, endless_octets, endless_empty_messages, one_octet_short):
            with self.subTest(serve=serve.__name__):
                self.assert_one_failure_each(serve)

    def test_other_names_and_upstreams_do_not_suffer(self):
        for serve in (drip, endless_octets, endless_empty_messages, one_octet_short):
            with self.subTest(serve=serve.__name__), dnswarm.Simulator(2) as simulator:
                upstream = HostileUpstream(serve)
                names = dnswarm.generate(3000)
                result = self.resolve(f"{upstream.endpoint},{simulator.resolvers}", names, "--timeout", 200)
                good, words = dnswarm.check(result, names)
                self.assertTrue(good, words)
                self.assertEqual(result.code, 0, result.stderr)
                self.assertGreater(upstream.connections, 0)


if __name__ == "__main__":
    tap.main()
