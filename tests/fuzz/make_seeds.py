#!/usr/bin/env python3
"""Writes the examples, the goldens and the pages of the diagnostics as first inputs for the fuzzer.

    make_seeds.py FOLDER
"""
import pathlib, re, sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMMANDS = {"validate": "v", "list": "l", "show": "s", "plan": "p", "import": "i"}


def letter_after(words, option, otherwise):
    return words[words.index(option) + 1][0] if option in words else otherwise


def seed(root, words, turn):
    """One input: what the words of a command line ask for, and every file that the root names."""
    command = next((COMMANDS[word] for word in words if word in COMMANDS), "vlsp"[turn % 4])
    head = command + letter_after(words, "--format", "hsjgs"[turn % 5]) + letter_after(words, "-o", "tjy"[turn % 3])
    head += ("s" if "--strict" in words else "") + ("e" if "--env" in words else "") + ("t" if turn % 2 else "")
    overlays = [words[at + 1] for at, word in enumerate(words) if word == "-f"]
    head += "o" if overlays else ""
    target = next((word for word in words if word.startswith("%s")), "")
    arguments = [":" + target.partition(":")[2] if ":" in target else ""]
    arguments += [word for word in words if ("=" in word or word.startswith("~")) and not word.startswith("-")]
    text = root.read_text(errors="surrogateescape")
    files = [("graph.yaml", text)]
    for name in dict.fromkeys(overlays + ([] if overlays else re.findall(r"[\w./-]+\.ya?ml", text))):
        path = root.parent / name
        if path.is_file() and path != root:
            files.append((name, path.read_text(errors="surrogateescape")))
    parts = [head, *arguments] if any(arguments) else [head]
    return "\n".join(parts) + "\n" + "".join(f"%% {name}\n{text}" + ("" if text.endswith("\n") else "\n") for name, text in files)


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    seeds = []
    roots = [*ROOT.glob("examples/**/*.yaml"), *ROOT.glob("tests/golden/**/*.yaml"), *ROOT.glob("tests/examples/**/*.yaml")]
    for turn, root in enumerate(sorted(roots)):
        first = root.read_text(errors="surrogateescape").partition("\n")[0]
        words = first.partition("# ARGS:")[2].split()
        seeds.append(seed(root, words, turn))
        if turn % 4 == 0:  # the same, as an editor asks
            seeds.append("k" + seed(root, words, turn)[1:])
    for turn, page in enumerate(sorted(ROOT.glob("docs/diagnostics/DG*.md"))):
        for block in re.findall(r"```yaml\n(.*?)```", page.read_text(), re.DOTALL):
            seeds.append(f"{'vlspi'[turn % 5]}{'hsjg'[turn % 4]}{'tjy'[turn % 3]}\n%% graph.yaml\n{block}")
    for number, text in enumerate(seeds):
        (folder / f"seed-{number:03}").write_bytes(text.encode(errors="surrogateescape"))


if __name__ == "__main__":
    main()
