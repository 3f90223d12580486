#!/usr/bin/env python3
"""The rules of CONTRIBUTING.md that a machine can see: includes go down only, words that do not belong into the
tree, who may print, and no trace of the machine it was written on. Lengths are reported, not judged."""
import os
import re
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path.insert(0, os.path.join(HERE, "integration"))
from harness import tap  # noqa: E402

# What each layer may include, beside itself and the standard library. "include" is include/dnswarm.
ALLOWED = {
    "include": (),
    "base": (),
    "dns": ("base", "include"),
    "net": ("base",),
    "cache": ("dns", "base", "include"),
    "upstream": ("dns", "base", "net/address.h", "include"),
    "engine": ("net/address.h", "dns", "base", "include"),
    "iterative": ("engine", "cache", "upstream/habit.h", "upstream/rate_limit.h", "net/address.h", "dns", "base", "include"),
    "resolver": ("engine", "iterative", "cache", "upstream", "net", "dns", "base", "include"),
    "load": ("net", "dns", "base", "include"),
    "probe": ("net", "upstream/rate_limit.h", "dns", "base", "include"),
    "cli": ("include",),
}
# Libraries stay in the layers that wrap them.
LIBRARIES = {"liburing.h": ("net", "resolver"), "absl/": ("cache", "iterative", "probe", "resolver", "upstream"), "ares.h": ("resolver",),
             "idn2.h": ("dns",), "libpsl.h": ("dns",), "CLI/": ("cli",), "nlohmann/": ("cli",), "openssl/": (), "ldns/": ()}
BANNED = {
    r"\b(FIXME|TODO|XXX|HACK)\b": "open ends belong into an issue",
    r"\bstd::endl\b": "flushes: write '\\n'",
    r"(?<![\w.:>])s?rand\(": "randomness is an argument",
    r"\busing namespace std;": "names are written out",
}
# Below cli nothing prints or exits; a failed CHECK is a bug and may.
NOT_BELOW_CLI = r"std::c(out|err)\b|(?<!\w)f?printf\(|(?<!\w)(std::)?_?exit\("
MAY_ABORT = ("src/base/check.h",)
FILE_LINES, FUNCTION_LINES, LINE_COLUMNS = 300, 70, 110

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]', re.MULTILINE)
SKIPPED_FOLDERS = {".git", "__pycache__", "corpus"}


def text_of(path):
    with open(os.path.join(ROOT, path), encoding="utf-8", errors="replace") as file:
        return file.read()


def files(*tops, suffixes=(".cc", ".h")):
    """Paths relative to the root, sorted; build folders and corpora left out."""
    found = []
    for top in tops or (".",):
        for folder, folders, names in os.walk(os.path.join(ROOT, top)):
            folders[:] = [name for name in folders if name not in SKIPPED_FOLDERS and not name.startswith("build")]
            found += [os.path.relpath(os.path.join(folder, name), ROOT) for name in names
                      if suffixes is None or name.endswith(suffixes)]
    return sorted(found)


def layer_of(path):
    parts = path.split(os.sep)
    return "include" if parts[0] == "include" else parts[1]


def without_comments(text):
    return re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.DOTALL)


def included_layer(target):
    return "include" if target.startswith("dnswarm/") else target.split("/")[0]


def wrong_includes(path, layer):
    for quote, target in INCLUDE.findall(text_of(path)):
        owners = next((owners for prefix, owners in LIBRARIES.items() if target.startswith(prefix)), None)
        if owners is not None:
            if layer not in owners:
                yield f"{path}: {target} is for {', '.join(owners) or 'none of the layers'}"
        elif quote == '"':
            to = included_layer(target)
            if to not in ALLOWED:
                yield f"{path}: {target} has no layer: write \"layer/file.h\""
            elif to != layer and to not in ALLOWED[layer] and target not in ALLOWED[layer]:
                yield f"{path}: {layer} may not include {target}"


def long_functions(text):
    """(lines, first line) of function bodies by clang-format's shape: they end with a brace that stands as
    deep as their first line."""
    lines = text.splitlines()
    for start, line in enumerate(lines):
        opens = re.match(r"^( {0,2})\S.*\)[^;]*\{$", line)
        if not opens:
            continue
        end = next((i for i in range(start + 1, len(lines)) if lines[i].startswith(opens[1] + "}")), start)
        if end - start > FUNCTION_LINES:
            yield end - start, start + 1


class Layers(unittest.TestCase):
    def assert_none(self, complaints):
        complaints = list(complaints)
        self.assertEqual(complaints, [], "\n".join(["", *complaints]))

    def test_includes_go_down_only(self):
        self.assert_none(complaint for path in files("src", "include") if os.sep in path
                         for complaint in wrong_includes(path, layer_of(path)))

    def test_every_layer_is_known(self):
        layers = {entry.name for entry in os.scandir(os.path.join(ROOT, "src")) if entry.is_dir()}
        self.assertEqual(layers - set(ALLOWED), set())

    def test_no_banned_words(self):
        own = os.path.relpath(os.path.abspath(__file__), ROOT)
        for pattern, reason in BANNED.items():
            self.assert_none(f"{path}: {match[0]}: {reason}"
                             for path in files("src", "include", "tools", "tests", "bench", "docs", suffixes=None)
                             if path != own for match in [re.search(pattern, text_of(path))] if match)

    def test_nothing_below_cli_prints_or_exits(self):
        below = [f"src/{layer}" for layer in ALLOWED if layer not in ("include", "cli")]
        self.assert_none(f"{path}: {match[0]}" for path in files(*below) if path not in MAY_ABORT
                         for match in [re.search(NOT_BELOW_CLI, without_comments(text_of(path)))] if match)

    def test_headers_are_guarded_by_their_path(self):
        self.assert_none(f"{path}: guard {guard} is missing" for path in files("src", "include")
                         if path.endswith(".h")
                         for guard in [re.sub(r"[/.]", "_", guard_path(path)).upper() + "_"]
                         if f"#define {guard}\n" not in text_of(path))

    def test_no_machine_paths(self):
        above = os.path.dirname(ROOT)
        everyones = ("/", "/tmp", "/var/tmp", "/src", "/usr/src")
        places = [above + "/"] if above not in everyones else []
        pattern = r"(?<![\w}.*])(" + "|".join([*map(re.escape, places), "/" + r"root/\w", "/" + r"home/\w"]) + ")"
        self.assert_none(f"{path}: {match[0]}" for path in files(suffixes=None)
                         for match in [re.search(pattern, text_of(path))] if match)

    def test_lines_fit(self):
        self.assert_none(f"{path}:{number}: {len(line)} columns, over {LINE_COLUMNS}"
                         for path in files("src", "include", "tools", "tests", "bench")
                         for number, line in enumerate(text_of(path).splitlines(), 1) if len(line) > LINE_COLUMNS)

    def test_lengths_are_reported(self):
        for path in files("src", "include", "tools", "tests", "bench"):
            count = text_of(path).count("\n")
            if count > FILE_LINES:
                print(f"# {path}: {count} lines, over {FILE_LINES}: is it still one noun?")
            for lines, at in long_functions(text_of(path)):
                print(f"# {path}:{at}: a function of {lines} lines, over {FUNCTION_LINES}")


def guard_path(path):
    """include/dnswarm/x.h -> dnswarm/x.h, src/dns/x.h -> dnswarm/dns/x.h."""
    inner = path.split(os.sep, 1)[1]
    return inner if path.startswith("include") else f"dnswarm/{inner}"


if __name__ == "__main__":
    tap.main()
