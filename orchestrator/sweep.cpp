#include "orchestrator/sweep.h"

#include "orchestrator/launcher.h"
#include "orchestrator/process_tree.h"
#include "orchestrator/run_lock.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

namespace dynamo {

namespace {

std::filesystem::path proc(pid_t pid, std::string_view rest) {
  return std::filesystem::path("/proc") / std::to_string(pid) / rest;
}

/// In another container the same path may name another folder, so that its lock tells nothing.
bool in_our_namespaces(pid_t pid) {
  for (const std::string_view kind : {"ns/pid", "ns/mnt"}) {
    std::error_code error;
    const auto theirs = std::filesystem::read_symlink(proc(pid, kind), error);
    if (error || theirs != std::filesystem::read_symlink(proc(::getpid(), kind), error)) return false;
  }
  return true;
}

bool is_ours(pid_t pid) {
  struct stat facts {};
  return ::stat(proc(pid, "").c_str(), &facts) == 0 && facts.st_uid == ::geteuid() && in_our_namespaces(pid);
}

std::set<pid_t> self_and_ancestors() {
  std::set<pid_t> result;
  for (pid_t pid = ::getpid(); pid > 0 && result.insert(pid).second;) {
    const auto facts = read_process(pid);
    pid = facts ? facts->parent : 0;
  }
  return result;
}

struct Mark {
  std::string run_dir;
  std::string worker;
};

/// The inverse of make_mark().
std::optional<Mark> parse_mark(std::string_view text) {
  const std::size_t second = text.rfind('#');
  if (second == std::string_view::npos || second == 0) return std::nullopt;
  const std::size_t first = text.rfind('#', second - 1);
  if (first == std::string_view::npos || text.front() != '/') return std::nullopt;
  return Mark{.run_dir = std::string(text.substr(0, first)),
              .worker = std::string(text.substr(first + 1, second - first - 1))};
}

std::vector<pid_t> all_processes() {
  std::vector<pid_t> result;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
    const std::string name = entry.path().filename();
    pid_t pid = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (error == std::errc() && end == name.data() + name.size()) result.push_back(pid);
  }
  return result;
}

/// The number that was given to a process last; 0 if the kernel does not tell.
pid_t newest_process() {
  std::ifstream file("/proc/loadavg");
  std::string word;
  while (file >> word) {
  }
  pid_t pid = 0;
  std::from_chars(word.data(), word.data() + word.size(), pid);
  return pid;
}

class Sweep {
 public:
  std::vector<SweptProcess> run() {
    // What is killed may just have forked.
    constexpr int most_looks = 20;
    for (int look = 0; look < most_looks; ++look) {
      vanished_ = false;
      const std::size_t before = swept_.size();
      for (const pid_t pid : all_processes()) {
        examine(pid);
        if (::kill(pid, 0) != 0 && errno == ESRCH) vanished_ = true;
      }
      follow_the_newest();
      if (swept_.size() == before) break;
    }
    return std::move(swept_);
  }

 private:
  /// Ends a process that was left of a dead run. True if it was one.
  bool examine(pid_t pid) {
    if (spared_.contains(pid)) return false;
    const auto facts = read_process(pid);
    if (!facts || !facts->alive()) return false;
    const auto text = environment_of(pid, mark_variable);
    const auto mark = text ? parse_mark(*text) : std::nullopt;
    // Few have a mark: what it takes more to find out comes last.
    if (!mark || !is_ours(pid)) return false;
    if (!lives_.contains(mark->run_dir)) lives_[mark->run_dir] = run_life(mark->run_dir);
    if (lives_[mark->run_dir] != RunLife::Dead || !known_.emplace(pid, facts->start_time).second) return false;
    // The facts are older than the mark that was read: if the number has changed hands, the start time tells.
    swept_.push_back(SweptProcess{.pid = pid,
                                  .name = facts->name,
                                  .run_dir = mark->run_dir,
                                  .worker = mark->worker,
                                  .killed = signal_verified(*facts, SIGKILL)});
    return true;
  }

  /// Processes that replace each other are quicker than a look at all of them: each is dead when it is looked at. But
  /// whichever lives has one of the newest numbers. If some vanished, goes on for a moment after the last that was
  /// found.
  void follow_the_newest() {
    constexpr std::chrono::milliseconds moment{10};
    constexpr pid_t newest_ones = 16;
    constexpr std::chrono::seconds longest{2};
    const auto begin = std::chrono::steady_clock::now();
    for (auto last = begin;;) {
      const auto now = std::chrono::steady_clock::now();
      if (now - last > moment || now - begin > longest) return;
      const pid_t newest = newest_process();
      for (pid_t pid = newest; pid > std::max(newest - newest_ones, 0); --pid) {
        if (examine(pid)) last = now;
      }
      if (!vanished_) return;
    }
  }

  std::set<pid_t> spared_ = self_and_ancestors();
  std::map<std::string, RunLife> lives_;
  std::set<std::pair<pid_t, std::uint64_t>> known_;
  std::vector<SweptProcess> swept_;
  bool vanished_ = false;
};

}  // namespace

std::vector<SweptProcess> sweep_dead_runs() { return Sweep().run(); }

}  // namespace dynamo
