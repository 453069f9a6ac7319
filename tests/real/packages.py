#!/usr/bin/env python3
"""Puts the real software that tests/real runs into a folder, once: NVIDIA Dynamo from PyPI, etcd and NATS from Debian.

    python3 packages.py FOLDER

Says in one line what it does, or why these tests cannot run; the tests are then skipped.
"""
import fcntl, hashlib, os, shutil, subprocess, sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VERSION = "1.6.1"
DEBIAN = ("etcd-server", "nats-server")


class NotHere(Exception):
    """Why the software cannot be had on this machine."""


def quiet(*words, **options):
    return subprocess.run([str(word) for word in words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, **options)


def must(*words, **options):
    done = quiet(*words, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, words))}\n{done.stdout}")


def install_dynamo(folder):
    """A virtual environment with Dynamo. Its name changes with what is wanted, so that an old one is not used."""
    wanted = (HERE / "requirements.txt").read_bytes() + VERSION.encode()
    place = folder / f"dynamo-{VERSION}-{hashlib.sha256(wanted).hexdigest()[:8]}"
    if (place / "complete").exists():
        return place
    for old in folder.glob("dynamo-*"):
        shutil.rmtree(old)
    made = quiet(sys.executable, "-m", "venv", place)
    if made.returncode != 0:
        raise NotHere(f"`{sys.executable} -m venv` does not work: {made.stdout.strip().splitlines()[-1]}")
    pip = [place / "bin" / "python3", "-m", "pip", "--disable-pip-version-check", "--retries", "1"]
    if quiet(*pip, "download", "--quiet", "--no-deps", "--dest", place / "wheels",
             f"ai-dynamo=={VERSION}").returncode != 0:
        shutil.rmtree(place)
        raise NotHere(f"PyPI cannot be reached for ai-dynamo {VERSION}")
    print(f"Installing ai-dynamo {VERSION} into {os.path.relpath(place)} (once, a few minutes)", file=sys.stderr)
    must(*pip, "install", "--quiet", "-r", HERE / "requirements.txt")
    must(*pip, "install", "--quiet", "--no-deps", *(place / "wheels").iterdir())
    shutil.rmtree(place / "wheels")
    (place / "complete").touch()
    return place


def install_servers(folder):
    """etcd and NATS, unpacked and not installed: Debian's packages would start them as services of the machine."""
    place = folder / "servers"
    if (place / "complete").exists():
        return place
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    if shutil.which("apt-get") is None:
        raise NotHere("etcd and NATS come from Debian's packages, and there is no apt-get")
    if quiet("apt-get", "download", *DEBIAN, cwd=place).returncode != 0:
        if os.geteuid() == 0:
            quiet("apt-get", "update")  # the lists of a fresh system are empty
        if quiet("apt-get", "download", *DEBIAN, cwd=place).returncode != 0:
            raise NotHere(f"apt-get cannot download {' and '.join(DEBIAN)}")
    for package in place.glob("*.deb"):
        must("dpkg", "-x", package, place)
        package.unlink()
    (place / "complete").touch()
    return place


def path_of(folder, servers=False):
    """The folders of the programs, for PATH. Raises NotHere."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        places = [install_dynamo(folder) / "bin"]
        if servers:
            unpacked = install_servers(folder)
            places += [unpacked / "usr" / "bin", unpacked / "usr" / "sbin"]
    return os.pathsep.join(map(str, places))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    try:
        path_of(Path(sys.argv[1]).resolve(), servers=True)
    except NotHere as why:
        print(f"The tests against real software are not run: {why}", file=sys.stderr)
