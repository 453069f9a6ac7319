#!/usr/bin/env python3
"""Types what the README says about a first graph into a shell, in a new home, and asks the service.

    readme_test.py DYNAMO README
"""
import os, pathlib, re, signal, socket, subprocess, sys, tempfile, time, urllib.request

dynamo, readme = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
blocks = re.findall(r"```sh\n(.*?)```", readme.read_text(), re.DOTALL)
[block] = [block for block in blocks if "cat > graph.yaml" in block]
typed, last = block.rstrip().rsplit("\n", 1)
assert last.startswith("dynamo serve hello"), last
typed = re.sub(r"^export PATH=.*\n", "", typed)

with tempfile.TemporaryDirectory() as home:
    environment = {"HOME": home, "PATH": f"{dynamo.parent}:{os.environ['PATH']}", "LANG": "C.UTF-8"}
    environment |= {name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}
    shown = subprocess.run(["bash", "-euo", "pipefail", "-c", typed], env=environment, capture_output=True, text=True)
    assert shown.returncode == 0, shown.stdout + shown.stderr
    for graph in ("hello", "salut", "crowd"):
        assert graph in shown.stdout, shown.stdout
    assert "page/0" in shown.stdout and "greeter/0" in shown.stdout, shown.stdout

    # The page's port is 8080 in the README; here another program may have it.
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = pathlib.Path(home) / "hello"
    for graph, greeting in (("hello", "Hello"), ("salut", "Bonjour")):
        with open(pathlib.Path(home) / "output", "w+") as output:
            serving = subprocess.Popen([dynamo, "serve", graph, "--port", str(port)], cwd=folder, env=environment,
                                       stdin=subprocess.DEVNULL, stdout=output, stderr=output)
            answer, end = "", time.monotonic() + 30
            while not answer and serving.poll() is None and time.monotonic() < end:
                try:
                    answer = urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).read().decode()
                except OSError:
                    time.sleep(0.02)
            serving.send_signal(signal.SIGINT)
            status = serving.wait(30)
            output.seek(0)
            assert re.fullmatch(greeting + r" from process \d+\n", answer) and status == 130, (answer, status, output.read())

    # Its advice for breaking things: both mistakes are told, and nothing else is.
    text = (folder / "graph.yaml").read_text()
    for broken, code in ((text.replace("greeter: FrenchGreeter", "greeter: FrenchGreter"), "DG0201"),
                         (text.replace("greeter: FrenchGreeter", "greeter: Page"), "DG0401")):
        (folder / "graph.yaml").write_text(broken)
        told = subprocess.run([dynamo, "graph", "validate"], cwd=folder, env=environment, capture_output=True, text=True)
        assert told.returncode == 1 and re.findall(r"\[(DG\d{4})\]", told.stderr) == [code], told.stderr
    # And what docs/getting-started.md shows about it.
    page = (readme.parent / "docs" / "getting-started.md").read_text()
    [words, shown] = re.search(r"```\n\$ dynamo (graph diff [^\n]*)\n(.*?)```", page, re.DOTALL).groups()
    (folder / "graph.yaml").write_text(text)
    told = subprocess.run([dynamo, *words.split()], cwd=folder, env=environment, capture_output=True, text=True)
    assert (told.returncode, told.stdout, told.stderr) == (1, shown, ""), told.stdout + told.stderr
print("the README's first graph works as it stands")
