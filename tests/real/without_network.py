"""Started by test_graphs.py in a network namespace that has nothing but a loopback device, and that one still down."""
import fcntl, os, signal, socket, struct, sys

from real import MODEL, PATIENCE
from service import Program, chat, content

SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1


def raise_loopback():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = bytearray(struct.pack("16sh22x", b"lo", 0))
        fcntl.ioctl(any_socket, SIOCGIFFLAGS, request)
        _, flags = struct.unpack("16sh22x", request)
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", flags | IFF_UP))


raise_loopback()
graph, *overrides = sys.argv[1:]
run = Program([os.environ.get("DYNAMO", "dynamo"), "serve", f"{graph}:disagg_router", *overrides])
try:
    run.line("ready in", "http://127.0.0.1:8000/v1/chat/completions", timeout=PATIENCE)
    print("answered", content(chat(8000, model=MODEL, max_tokens=5)))
    assert run.stop(signal.SIGINT) == 130, run.text()
finally:
    run.kill()
