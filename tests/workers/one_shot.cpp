// one_shot STATUS [LINE...]: writes its lines on stderr and ends.

#include "tests/workers/worker.h"

int main(int argc, char** argv) {
  for (int index = 2; index < argc; ++index) worker::write_all(STDERR_FILENO, std::string(argv[index]) + "\n");
  return argc > 1 ? std::stoi(argv[1]) : 0;
}
