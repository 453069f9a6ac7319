// worker idle [FIFO]                    waits for a signal
// worker stubborn                       the same, and ignores SIGTERM
// worker write LINES CHUNK FIFO ID      writes numbered lines of 100 bytes, CHUNK bytes at a time
// worker check LINES ID FILE            counts what is wrong with a log of these lines
//
// A line carries the number of its writer and its own.

#include "bench/bench.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <string_view>
#include <vector>

namespace {

constexpr std::size_t line_size = 100;
constexpr std::size_t id_at = 7;
constexpr std::size_t id_digits = 2;
constexpr std::size_t number_at = 15;
constexpr std::size_t number_digits = 10;

void put(char* digits, std::size_t count, long number) {
  for (; count > 0; number /= 10) digits[--count] = static_cast<char>('0' + number % 10);
}

/// "writer 03 line 0000000042 xxx...\n"
void fill(char* line, long id, long number) {
  std::memset(line, 'x', line_size - 1);
  std::memcpy(line, "writer .. line .......... ", number_at + number_digits + 1);
  put(line + id_at, id_digits, id);
  put(line + number_at, number_digits, number);
  line[line_size - 1] = '\n';
}

int write_lines(long lines, std::size_t chunk, const char* fifo, long id) {
  constexpr long block = 16384;  // 25 times 64 KiB
  std::vector<char> bytes(block * line_size);
  for (std::size_t at = 0; at < bytes.size(); at += line_size) fill(bytes.data() + at, id, 0);
  bench::arrive(fifo);
  for (long written = 0; written < lines; written += block) {
    const long count = std::min(block, lines - written);
    for (long line = 0; line < count; ++line) {
      put(bytes.data() + static_cast<std::size_t>(line) * line_size + number_at, number_digits, written + line);
    }
    std::string_view rest(bytes.data(), static_cast<std::size_t>(count) * line_size);
    while (!rest.empty()) {
      const ssize_t done = ::write(STDOUT_FILENO, rest.data(), std::min(chunk, rest.size()));
      if (done < 0 && errno != EINTR) return 97;
      if (done > 0) rest.remove_prefix(static_cast<std::size_t>(done));
    }
  }
  return 0;
}

long number_in(std::string_view line, std::size_t at, std::size_t digits) {
  long number = -1;
  if (line.size() == line_size - 1) std::from_chars(line.data() + at, line.data() + at + digits, number);
  return number;
}

int check(long lines, long id, const char* path) {
  const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
  struct stat facts {};
  if (fd < 0 || ::fstat(fd, &facts) != 0) bench::give_up(path);
  const auto size = static_cast<std::size_t>(facts.st_size);
  const void* memory = size == 0 ? nullptr : ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (memory == MAP_FAILED) bench::give_up(path);
  std::string_view text(static_cast<const char*>(memory), size);

  long good = 0;
  long torn = 0;      // not a line of any writer
  long foreign = 0;   // of another writer
  long repeated = 0;  // or out of order
  long next = 0;
  char expected[line_size];
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const long writer = number_in(line, id_at, id_digits);
    const long number = number_in(line, number_at, number_digits);
    fill(expected, writer, number);
    if (writer < 0 || number < 0 || line != std::string_view(expected, line_size - 1)) {
      ++torn;
    } else if (writer != id) {
      ++foreign;
    } else if (number < next) {
      ++repeated;
    } else {
      ++good;
      next = number + 1;
    }
  }
  std::printf("%ld %ld %ld %ld\n", lines - good, torn, foreign, repeated);
  return 0;
}

[[noreturn]] void wait_for_signals() {
  for (;;) ::pause();
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc > 1 ? argv[1] : "";
  if (what == "idle") {
    if (argc > 2) bench::arrive(argv[2]);
    wait_for_signals();
  }
  if (what == "stubborn") {
    std::signal(SIGTERM, SIG_IGN);
    wait_for_signals();
  }
  if (what == "write" && argc == 6) {
    return write_lines(std::atol(argv[2]), std::strtoul(argv[3], nullptr, 10), argv[4], std::atol(argv[5]));
  }
  if (what == "check" && argc == 5) return check(std::atol(argv[2]), std::atol(argv[3]), argv[4]);
  std::fputs("worker idle|stubborn|write|check ...; see worker.cpp\n", stderr);
  return 2;
}
