// The last word of the suite: no process that one of its runs has started may be alive.

#include "tests/support/eventually.h"
#include "tests/support/processes.h"

#include <cstdio>

int main() {
  using namespace dynamo::test;
  const auto left = [] { return processes_with("DYNAMO_TEST_MARK=" DYNAMO_TEST_MARK_PREFIX, true); };
  if (eventually([&] { return left().empty(); }, std::chrono::seconds(5))) return 0;
  for (const pid_t pid : left()) std::printf("left: %d %s\n", pid, command_of(pid).c_str());
  return 1;
}
