"""What a power cut leaves of files, told from a record of what a program did to them (write_recorder.cc).

A file's content is certain as it was when it was last synced, a name as it was when its folder was. What came after may
be there whole, in part, or not at all, each write and each name by itself."""
import os


def read_log(path):
    """[(word, number, octets, path), ...]"""
    with open(path, "rb") as file:
        log = file.read()
    records, at = [], 0
    while at < len(log):
        end = log.index(b"\n", at)
        word, number, size, name = log[at:end].split(b" ", 3)
        at = end + 1 + int(size)
        records.append((word.decode(), int(number), log[end + 1:at], name.decode()))
        at += 1
    return records


class File:
    def __init__(self):
        self.certain = b""
        self.content = bytearray()
        self.since = []  # what was done to it since it was synced

    def apply(self, act, content):
        word, number, octets = act
        if word == "cut":
            del content[number:]
            content.extend(bytes(number - len(content)))
        else:
            content.extend(bytes(max(0, number - len(content))))
            content[number:number + len(octets)] = octets

    def do(self, word, number, octets):
        self.apply((word, number, octets), self.content)
        self.since.append((word, number, octets))

    def sync(self):
        self.certain, self.since = bytes(self.content), []

    def by_chance(self, draw):
        """Some of what was not synced, some of it in part: the size may have grown without the octets."""
        content = bytearray(self.certain)
        for word, number, octets in self.since:
            fate = draw.randrange(4)
            if fate == 0:
                continue
            if word == "write" and fate == 1:
                octets = octets[:draw.randrange(len(octets) + 1)]
            if word == "write" and fate == 2:
                octets = bytes(len(octets))
            self.apply((word, number, octets), content)
        return bytes(content)


class Disk:
    def __init__(self):
        self.names, self.certain_names = {}, {}  # path: File

    def play(self, record):
        word, number, octets, path = record
        if word == "create":
            self.names[path] = File()
        elif word == "sync":
            self.names[path].sync()
        elif word == "sync-folder":
            self.certain_names = {
                **{name: file for name, file in self.certain_names.items() if os.path.dirname(name) != path},
                **{name: file for name, file in self.names.items() if os.path.dirname(name) == path}}
        elif word == "rename":
            self.names[octets.decode()] = self.names.pop(path)
        elif word == "unlink":
            del self.names[path]
        else:
            self.names[path].do(word, number, octets)

    def all_lost(self):
        return {path: file.certain for path, file in self.certain_names.items()}

    def all_kept(self):
        return {path: bytes(file.content) for path, file in self.names.items()}

    def names_kept(self):
        """The order of ext4's data=writeback: the folder is there before the files' octets."""
        return {path: file.certain for path, file in self.names.items()}

    def by_chance(self, draw):
        left = {}
        for path in set(self.names) | set(self.certain_names):
            files = [names[path] for names in (self.names, self.certain_names) if path in names]
            if len(files) == 1:
                files.append(None)
            file = draw.choice(files)
            if file is not None:
                left[path] = file.by_chance(draw)
        return left
