// noisy KIND: writes what log capture could get wrong, and serves or ends.
//   partial    one line, then half a line without an end, status 1
//   bytes      every byte value, invalid UTF-8, a terminal escape, CRLF
//   lines N    N numbered lines of 100 bytes on stdout, every tenth also on stderr
//   long N     one line of N bytes

#include "tests/workers/worker.h"

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const std::string kind = argv[1];
  const int count = argc > 2 ? std::stoi(argv[2]) : 0;
  if (kind == "partial") {
    worker::write_all(STDOUT_FILENO, "whole line\nhalf a line");
    return 1;
  }
  if (kind == "bytes") {
    std::string all;
    for (int byte = 0; byte < 256; ++byte) all.push_back(static_cast<char>(byte));
    worker::write_all(STDOUT_FILENO, all +
                                         "\n\x1b[31mred\x1b[0m\r\nA\xff\xfe"
                                         "B\n");
  }
  if (kind == "lines") {
    for (int line = 0; line < count; ++line) {
      std::string text = std::to_string(line) + " ";
      text.append(99 - text.size(), 'x');
      worker::say(text);
      if (line % 10 == 0) worker::write_all(STDERR_FILENO, "error " + std::to_string(line) + "\n");
    }
  }
  if (kind == "long") worker::say(std::string(static_cast<std::size_t>(count), 'y'));
  worker::serve(worker::listen_on_port());
}
