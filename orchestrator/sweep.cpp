#include "orchestrator/sweep.h"

#include "orchestrator/launcher.h"
#include "orchestrator/process_tree.h"
#include "orchestrator/run_lock.h"

#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <cstdint>
#include <filesystem>
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

}  // namespace

namespace {

/// Adds what one look at all processes finds and has not been found before. False: there was nothing.
bool sweep_once(const std::set<pid_t>& spared, std::map<std::string, RunLife>& lives,
                std::set<std::pair<pid_t, std::uint64_t>>& known, std::vector<SweptProcess>& swept) {
  bool found = false;
  for (const pid_t pid : all_processes()) {
    if (spared.contains(pid)) continue;
    const auto facts = read_process(pid);
    if (!facts || !facts->alive() || !is_ours(pid)) continue;
    const auto text = environment_of(pid, mark_variable);
    const auto mark = text ? parse_mark(*text) : std::nullopt;
    if (!mark) continue;
    if (!lives.contains(mark->run_dir)) lives[mark->run_dir] = run_life(mark->run_dir);
    if (lives[mark->run_dir] != RunLife::Dead || !known.emplace(pid, facts->start_time).second) continue;
    found = true;
    // The facts are older than the mark that was read: if the number has changed hands, the start time tells.
    swept.push_back(SweptProcess{.pid = pid,
                                 .name = facts->name,
                                 .run_dir = mark->run_dir,
                                 .worker = mark->worker,
                                 .killed = signal_verified(*facts, SIGKILL)});
  }
  return found;
}

}  // namespace

std::vector<SweptProcess> sweep_dead_runs() {
  std::vector<SweptProcess> swept;
  std::map<std::string, RunLife> lives;
  std::set<std::pair<pid_t, std::uint64_t>> known;
  const std::set<pid_t> spared = self_and_ancestors();
  // What is killed may just have forked.
  constexpr int most_looks = 20;
  for (int look = 0; look < most_looks && sweep_once(spared, lives, known, swept); ++look) {
  }
  return swept;
}

}  // namespace dynamo
