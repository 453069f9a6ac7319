"""A shell in a pseudo-terminal, with dynamo's completion switched on: keys in, the command line that they make out."""

import fcntl
import os
import pty
import select
import signal
import struct
import tempfile
import termios
import time

# Ctrl-X Ctrl-A writes the command line to $LINE_FILE and empties it.
START = {
    "bash": (["bash", "--rcfile", "@", "-i"], r"""
PS1='ready> '
bind 'set bell-style none'
tell() { printf '%s\n' "$READLINE_LINE" >"$LINE_FILE.new"; mv "$LINE_FILE.new" "$LINE_FILE"; READLINE_LINE= READLINE_POINT=0; }
bind -x '"\C-x\C-a": tell'
source <(dynamo completion bash)
"""),
    "zsh": (["zsh", "-i"], r"""
PS1='ready> '
unsetopt beep
autoload -Uz compinit; compinit -D -u
tell() { print -r -- "$BUFFER" >"$LINE_FILE.new"; mv "$LINE_FILE.new" "$LINE_FILE"; BUFFER= }
zle -N tell
bindkey '^X^A' tell
source <(dynamo completion zsh)
"""),
    "fish": (["fish", "--no-config", "-i", "-C", "source @"], r"""
function fish_prompt; echo 'ready> '; end
function tell; commandline >"$LINE_FILE.new"; mv "$LINE_FILE.new" "$LINE_FILE"; commandline ''; end
bind \cx\ca tell
dynamo completion fish | source
"""),
}

WAIT = 20  # seconds, for a busy machine


class Shell:
    def __init__(self, name, folder, environment):
        self.own = tempfile.TemporaryDirectory()
        self.line_file = os.path.join(self.own.name, "line")
        command, start = START[name]
        start_file = os.path.join(self.own.name, ".zshrc")  # zsh finds it by ZDOTDIR
        with open(start_file, "w", encoding="utf-8") as file:
            file.write(start)
        command = [word.replace("@", start_file) for word in command]
        environment = {**environment, "LINE_FILE": self.line_file, "ZDOTDIR": self.own.name, "TERM": "xterm"}
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.chdir(folder)
            os.execvpe(command[0], command, environment)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
        self.shown = ""
        self.await_(lambda: "ready> " in self.shown)

    def await_(self, done):
        end = time.monotonic() + WAIT
        while not done():
            if time.monotonic() > end:
                raise AssertionError(f"the shell does not answer; it showed {self.shown[-2000:]!r}")
            if select.select([self.terminal], [], [], 0.02)[0]:
                self.shown += os.read(self.terminal, 65536).decode(errors="replace")

    def type(self, keys):
        os.write(self.terminal, keys.encode())

    def run(self, command):
        """A command before the next line; it is done when a line can be typed again."""
        self.type(command + "\r")
        self.line("")

    def line(self, keys):
        """The command line after these keys."""
        if os.path.exists(self.line_file):
            os.unlink(self.line_file)
        self.type(keys + "\x18\x01")
        self.await_(lambda: os.path.exists(self.line_file))
        with open(self.line_file, encoding="utf-8") as file:
            return file.read()[:-1]

    def close(self):
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        os.close(self.terminal)
        self.own.cleanup()
