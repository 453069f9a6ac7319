#!/usr/bin/env python3
"""Fails when an include goes against the flow, or a library or a clock is used where it should not be.

    check_includes.py ROOT     prints each offence as FILE:LINE: why
    check_includes.py --self-test
"""

import pathlib
import re
import sys
import tempfile

FOLDERS = ("proto", "graph_loader", "orchestrator", "cli")

# A folder may include what stands here, and itself.
MAY_INCLUDE = {
    "proto": set(),
    "graph_loader": {"proto"},
    "orchestrator": {"proto"},
    "cli": {"proto", "graph_loader", "orchestrator"},
}

# Within graph_loader each step sees the ones before it, and never whoever asks (load.h) or what is made for a purpose.
STEPS = {
    "graph_loader/yaml/": (),
    "graph_loader/spec/": ("graph_loader/yaml/",),
    "graph_loader/graph/": ("graph_loader/yaml/", "graph_loader/spec/"),
    "graph_loader/format/": ("graph_loader/yaml/", "graph_loader/spec/"),
    "graph_loader/deployment/": ("graph_loader/yaml/", "graph_loader/spec/"),
}

# A library's headers, and the files that may include them: a folder's name, or how many .cpp files and no header.
LIBRARIES = [
    (re.compile(r"<yaml-cpp/"), "yaml-cpp", ["graph_loader/yaml/parser.cpp"], None),
    (re.compile(r"<CLI/"), "CLI11", ["cli/"], 1),
    (re.compile(r"<boost/beast"), "Boost.Beast", ["orchestrator/", "cli/"], 2),
    (re.compile(r"<boost/(asio|process)"), "Boost.Asio and Boost.Process", ["orchestrator/", "cli/"], None),
    (re.compile(r"<regex>"), "std::regex (RE2 cannot be made to hang or overflow the stack)", [], None),
]

PRINTING = re.compile(r"\b(std::(cout|cerr|clog|puts|printf|fprintf|fputs)|fmt::print|printf|fprintf|fputs|puts|perror)\b")
MAY_PRINT = {
    "proto/check.cpp": "a bug of ours: the process is about to abort",
}

# A clock that jumps with the date: nothing that waits may look at it.
DATE = re.compile(r"\b(system_clock|system_timer|CLOCK_REALTIME|gettimeofday|std::time|::time|timespec_get)\b")
MAY_ASK_FOR_THE_DATE = {
    "orchestrator/clock.cpp": "the time of an event",
    "cli/system_environment.cpp": "the time of day in front of a line",
}

INCLUDE = re.compile(r'^\s*#\s*include\s+(["<][^">]+[">])')
COMMENT = re.compile(r"//.*$")
STRING = re.compile(r'"(\\.|[^"\\])*"')


def offences(root):
    found = []
    users = {name: [] for _, name, _, _ in LIBRARIES}
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix not in (".h", ".cpp", ".def"):
                continue
            file = path.relative_to(root).as_posix()
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                include = INCLUDE.match(line)
                if include:
                    found += [f"{file}:{number}: {why}" for why in bad_include(folder, file, include[1], users)]
                elif file not in MAY_ASK_FOR_THE_DATE and DATE.search(STRING.sub("", COMMENT.sub("", line))):
                    found.append(f"{file}:{number}: waits and measures go by the steady clock of orchestrator/clock.h")
                elif folder != "cli" and file not in MAY_PRINT and PRINTING.search(STRING.sub("", COMMENT.sub("", line))):
                    found.append(f"{file}:{number}: only cli/ prints")
    for _, name, _, limit in LIBRARIES:
        files = sorted(set(users[name]))
        headers = [file for file in files if file.endswith(".h")]
        if limit is not None and (headers or len(files) > limit):
            found.append(f"{files[0]}: {name} belongs into at most {limit} .cpp, and is in {', '.join(files)}")
    return found


def bad_include(folder, file, header, users):
    first = header[1:].split("/")[0]
    if header[0] == '"':
        if "/" not in header:
            yield f"{header} is not written from the root"
        elif first in FOLDERS and first != folder and first not in MAY_INCLUDE[folder]:
            yield f"{folder}/ does not see {first}/: data flows proto -> graph_loader -> orchestrator -> cli"
        for step, before in STEPS.items():
            own = first != "graph_loader" or header[1:].startswith((step, *before))
            if file.startswith(step) and not own:
                yield f"{step} does not see {header[1:-1]}: the loader goes yaml -> spec -> graph -> planner and views"
    for pattern, name, places, _ in LIBRARIES:
        if pattern.match(header):
            users[name].append(file)
            if not any(file == place or (place.endswith("/") and file.startswith(place)) for place in places):
                yield f"{name} is used only in {' and '.join(places) or 'nothing'}"


def self_test():
    """A check that cannot fail is worth nothing: each rule meets a file that breaks it."""
    wrong = {
        "proto/a.h": '#include "graph_loader/load.h"',
        "graph_loader/a.cpp": '#include "orchestrator/run.h"',
        "orchestrator/a.cpp": '#include "graph_loader/load.h"',
        "orchestrator/b.cpp": 'void f() { std::printf("x"); }',
        "graph_loader/b.cpp": "#include <yaml-cpp/yaml.h>",
        "graph_loader/c.h": "#include <boost/asio.hpp>",
        "graph_loader/d.cpp": "#include <regex>",
        "graph_loader/e.cpp": '#include "text.h"',
        "graph_loader/yaml/a.cpp": '#include "graph_loader/spec/text.h"',
        "graph_loader/graph/a.cpp": '#include "graph_loader/load.h"',
        "cli/a.h": "#include <CLI/CLI.hpp>",
        "orchestrator/c.h": "#include <boost/beast.hpp>",
        "orchestrator/d.cpp": "auto now = std::chrono::system_clock::now();",
    }
    right = {
        "cli/main.cpp": '#include "orchestrator/run.h"\nint main() { std::puts("x"); }',
        "orchestrator/clock.cpp": "auto now = std::chrono::system_clock::now();",
        "graph_loader/graph/b.cpp": '#include "graph_loader/yaml/parse.h"',
        "orchestrator/x.cpp": '#include "proto/plan.h"\n// printf here\nauto s = "printf";\n',
        "graph_loader/yaml/parser.cpp": "#include <yaml-cpp/eventhandler.h>",
    }
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for file, text in (wrong | right).items():
            (root / file).parent.mkdir(parents=True, exist_ok=True)
            (root / file).write_text(text + "\n")
        told = {line.split(":")[0] for line in offences(root)}
    assert told == set(wrong), f"missed {set(wrong) - told}, accused {told - set(wrong)}"


def main():
    if sys.argv[1] == "--self-test":
        self_test()
        return 0
    found = offences(pathlib.Path(sys.argv[1]))
    print("\n".join(found) if found else "every include goes with the flow")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
