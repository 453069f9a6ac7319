#include "orchestrator/process_tree.h"

#include "orchestrator/launcher.h"
#include "orchestrator/proc_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <set>

namespace dynamo {

namespace {

std::string read_file(const std::string& path) {
  const auto file = BriefDescriptor::open(path.c_str());
  std::string content;
  if (!file) return content;
  std::size_t used = 0;
  for (;;) {
    content.resize(used + 16 * 1024);
    const ssize_t count = ::read(file.get(), content.data() + used, content.size() - used);
    if (count <= 0) break;
    used += static_cast<std::size_t>(count);
  }
  content.resize(used);
  return content;
}

/// Adds a process and everything below it.
void collect(pid_t root, std::set<pid_t>& seen, std::vector<ProcessFacts>& result) {
  std::vector<pid_t> open{root};
  for (std::size_t next = 0; next < open.size(); ++next) {
    if (!seen.insert(open[next]).second) continue;
    const auto facts = read_process(open[next]);
    if (!facts) continue;
    if (facts->alive()) result.push_back(*facts);
    // A zombie leader of threads has none either, but a dead main thread with living others still has children.
    const std::vector<pid_t> below = children_of(open[next]);
    open.insert(open.end(), below.begin(), below.end());
  }
}

}  // namespace

std::optional<ProcessFacts> read_process(pid_t pid) {
  ProcStat stat;
  if (!read_proc_stat(pid, stat)) return std::nullopt;
  return ProcessFacts{.pid = pid,
                      .state = stat.state,
                      .threads = stat.threads,
                      .parent = stat.parent,
                      .group = stat.group,
                      .session = stat.session,
                      .start_time = stat.start_time,
                      .name = stat.name.data()};
}

std::vector<pid_t> children_of(pid_t pid) {
  std::vector<pid_t> found(64);
  for (;;) {
    const std::size_t count = list_children(pid, found);
    if (count < found.size()) {
      found.resize(count);
      return found;
    }
    found.resize(found.size() * 4);
  }
}

std::vector<pid_t> descendants_of(pid_t pid) {
  std::vector<pid_t> found = children_of(pid);
  for (std::size_t next = 0; next < found.size(); ++next) {
    const std::vector<pid_t> below = children_of(found[next]);
    found.insert(found.end(), below.begin(), below.end());
  }
  return found;
}

std::optional<std::string> environment_of(pid_t pid, std::string_view variable) {
  const std::string content = read_file("/proc/" + std::to_string(pid) + "/environ");
  std::string_view rest = content;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\0'), rest.size());
    const std::string_view entry = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (entry.size() > variable.size() && entry.starts_with(variable) && entry[variable.size()] == '=') {
      return std::string(entry.substr(variable.size() + 1));
    }
  }
  return std::nullopt;
}

std::vector<ProcessFacts> replica_tree(pid_t leader, std::string_view mark, const std::vector<pid_t>& orphans) {
  std::vector<ProcessFacts> result;
  std::set<pid_t> seen;
  collect(leader, seen, result);
  for (const pid_t orphan : orphans) {
    const auto facts = read_process(orphan);
    if (!facts) continue;
    const bool same_session = facts->session == leader || facts->group == leader;
    if (same_session || (!mark.empty() && environment_of(orphan, mark_variable) == mark)) {
      collect(orphan, seen, result);
    }
  }
  return result;
}

bool signal_verified(const ProcessFacts& facts, int number) {
  const auto pidfd = BriefDescriptor::of_process(facts.pid);
  if (!pidfd) return false;
  const auto now = read_process(facts.pid);
  return now && now->start_time == facts.start_time && send_pidfd_signal(pidfd, number);
}

}  // namespace dynamo
