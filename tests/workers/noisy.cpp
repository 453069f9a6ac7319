// noisy KIND: writes what log capture could get wrong, and serves or ends.
//   partial    one line, then half a line without an end, status 1
//   bytes      every byte value, invalid UTF-8, a terminal escape, CRLF
//   lines N    N numbered lines of 100 bytes on stdout, every tenth also on stderr
//   long N     one line of N bytes
//   block N    N lines of 100 bytes, written 64 KiB at a time
//   later FILE N  the same, once it listens and the test has created FILE
//   halves N FILE  N lines, each written in two halves on stdout and with a half line on stderr in between; the
//              second half comes when the test has created FILE
//   escape N   a terminal escape that is never ended, N bytes long

#include "tests/workers/worker.h"

namespace {

void write_block(int lines) {
  std::string block;
  for (int line = 0; line < lines; ++line) {
    std::string text = std::to_string(line) + " ";
    text.append(99 - text.size(), 'x');
    block += text + "\n";
    if (block.size() < 64 * 1024 && line + 1 < lines) continue;
    worker::write_all(STDOUT_FILENO, block);
    block.clear();
  }
}

void write_halves(int lines, const std::string& file) {
  for (int line = 0; line < lines; ++line) {
    worker::write_all(STDOUT_FILENO, "first half,");
    worker::write_all(STDERR_FILENO, "mistake,");
    if (line == 0) worker::wait_for_file(file);
    worker::write_all(STDOUT_FILENO, " second half\n");
    worker::write_all(STDERR_FILENO, " told\n");
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const std::string kind = argv[1];
  if (kind == "later" && argc > 3) {
    const int listener = worker::listen_on_port();
    worker::wait_for_file(argv[2]);
    write_block(std::stoi(argv[3]));
    worker::serve(listener);
  }
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
  if (kind == "block") write_block(count);
  if (kind == "halves" && argc > 3) write_halves(count, argv[3]);
  if (kind == "escape") {
    worker::write_all(STDOUT_FILENO, "\x1b]0;" + std::string(static_cast<std::size_t>(count), 'e'));
  }
  worker::serve(worker::listen_on_port());
}
