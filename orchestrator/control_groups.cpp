#include "orchestrator/control_groups.h"

#include "orchestrator/run_lock.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <fstream>
#include <set>
#include <sstream>
#include <utility>

namespace dynamo {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& file) {
  std::ifstream stream(file);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::set<std::string> words_of(const fs::path& file) {
  std::istringstream text(text_of(file));
  std::set<std::string> words;
  for (std::string word; text >> word;) words.insert(word);
  return words;
}

/// An errno; 0 if it was written.
int write_text(const fs::path& file, const std::string& text) {
  const FileDescriptor descriptor(::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  if (!descriptor) return errno;
  return ::write(descriptor.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) ? 0 : errno;
}

constexpr std::string_view supervisor_group = "supervisor";
constexpr std::string_view prefix = "dynamo-";

}  // namespace

fs::path own_control_group() {
  // "0::/user.slice/..." is the line of version 2.
  std::istringstream groups(text_of("/proc/self/cgroup"));
  std::string relative;
  for (std::string line; std::getline(groups, line);) {
    if (line.starts_with("0::/")) relative = line.substr(4);
  }
  // ID PARENT MAJOR:MINOR ROOT MOUNTPOINT OPTIONS... - TYPE SOURCE OPTIONS
  std::istringstream mounts(text_of("/proc/self/mountinfo"));
  for (std::string line; std::getline(mounts, line);) {
    if (line.find(" - cgroup2 ") == std::string::npos) continue;
    std::istringstream words(line);
    std::string skipped;
    std::string root;
    std::string mount;
    words >> skipped >> skipped >> skipped >> root >> mount;
    return fs::path(mount) / relative;
  }
  return {};
}

bool has_limits(const PlannedProcess& process) {
  return process.resources.memory_bytes.has_value() || process.resources.cpus.has_value();
}

ControlGroups::ControlGroups(fs::path own, fs::path run_dir) : own_(std::move(own)), run_dir_(std::move(run_dir)) {}

ControlGroups::~ControlGroups() {
  if (own_.empty()) return;
  for (const pid_t pid : moved_) write_text(own_ / "cgroup.procs", std::to_string(pid));
  const std::string begin = fmt::format("{}{}.", prefix, run_dir_.filename().string());
  std::error_code error;
  std::vector<fs::path> mine;
  for (fs::directory_iterator entry(own_, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().filename().string().starts_with(begin)) mine.push_back(entry->path());
  }
  for (const fs::path& group : mine) ::rmdir(group.c_str());
}

fs::path ControlGroups::group(std::string_view name) const {
  return own_ / fmt::format("{}{}.{}", prefix, run_dir_.filename().string(), name);
}

fs::path ControlGroups::group_of(const PlannedProcess& process) const {
  return group(fmt::format("{}-{}", process.slot, process.replica));
}

std::string ControlGroups::prepare(const std::vector<PlannedProcess>& processes, const std::vector<pid_t>& ours) {
  std::vector<std::string> controllers;
  if (std::ranges::any_of(processes, [](const auto& one) { return one.resources.cpus.has_value(); })) {
    controllers.emplace_back("cpu");
  }
  if (std::ranges::any_of(processes, [](const auto& one) { return one.resources.memory_bytes.has_value(); })) {
    controllers.emplace_back("memory");
  }
  if (controllers.empty()) return "";
  if (own_.filename() == group(supervisor_group).filename()) {
    // An earlier program of this process was here.
    own_ = own_.parent_path();
    moved_ = ours;
  }
  if (std::string reason = switch_on(controllers, ours); !reason.empty()) {
    own_.clear();
    return reason;
  }
  for (const PlannedProcess& process : processes) {
    if (!has_limits(process)) continue;
    const fs::path folder = group_of(process);
    std::error_code error;
    fs::create_directory(folder, error);
    int trouble = error.value();
    const auto set = [&](const char* file, const std::string& value) {
      if (trouble == 0) trouble = write_text(folder / file, value);
    };
    if (process.resources.memory_bytes) {
      set("memory.max", std::to_string(*process.resources.memory_bytes));
      // A replica whose half was killed is of no use.
      set("memory.oom.group", "1");
      // Hosts without swap do not have it.
      write_text(folder / "memory.swap.max", "0");
    }
    if (process.resources.cpus) {
      constexpr double period = 100'000;
      const double quota = std::max(std::round(*process.resources.cpus * period), 1000.0);
      set("cpu.max", fmt::format("{:.0f} {:.0f}", quota, period));
    }
    if (trouble == 0) continue;
    own_.clear();
    return fmt::format("the control group {} cannot be made: {}", folder.string(), ::strerrordesc_np(trouble));
  }
  return "";
}

std::string ControlGroups::switch_on(const std::vector<std::string>& controllers, const std::vector<pid_t>& ours) {
  if (own_.empty() || !fs::exists(own_ / "cgroup.controllers")) return "this host has no cgroup v2";
  remove_dead_ones();
  const std::set<std::string> there = words_of(own_ / "cgroup.controllers");
  std::set<std::string> on = words_of(own_ / "cgroup.subtree_control");
  std::vector<std::string> missing;
  std::string wanted;
  for (const std::string& one : controllers) {
    if (!there.contains(one)) missing.push_back(one);
    if (!on.contains(one)) wanted += fmt::format("{}+{}", wanted.empty() ? "" : " ", one);
  }
  if (!missing.empty()) {
    return fmt::format("the control group {} has no controller `{}`", own_.string(), fmt::join(missing, "` and `"));
  }
  if (wanted.empty()) return "";
  // A group that shares resources out must be empty, but for the root of all.
  const bool is_root = !fs::exists(own_ / "cgroup.type");
  if (!is_root) {
    for (const std::string& pid : words_of(own_ / "cgroup.procs")) {
      const auto is_it = [&](pid_t one) { return std::to_string(one) == pid; };
      if (std::ranges::none_of(ours, is_it)) {
        return fmt::format(
            "the control group {} holds other processes than dynamo; start it in one of its own, as with "
            "`systemd-run --user --scope -p Delegate=yes dynamo serve ...`",
            own_.string());
      }
    }
    const fs::path apart = group(supervisor_group);
    std::error_code error;
    fs::create_directory(apart, error);
    int trouble = error.value();
    for (const pid_t pid : ours) {
      if (trouble == 0) trouble = write_text(apart / "cgroup.procs", std::to_string(pid));
      moved_.push_back(pid);
    }
    if (trouble != 0) {
      return fmt::format("the control group {} is not ours to change: {}", own_.string(), ::strerrordesc_np(trouble));
    }
  }
  if (const int trouble = write_text(own_ / "cgroup.subtree_control", wanted); trouble != 0) {
    return fmt::format("the control group {} is not ours to change: {}", own_.string(), ::strerrordesc_np(trouble));
  }
  return "";
}

/// What the supervisor of a run could not remove because it was killed. Full groups cannot be removed anyway.
void ControlGroups::remove_dead_ones() const {
  std::error_code error;
  std::vector<fs::path> dead;
  for (fs::directory_iterator entry(own_, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with(prefix)) continue;
    const std::string run = name.substr(prefix.size(), name.find('.') - prefix.size());
    if (run_life(run_dir_.parent_path() / run) == RunLife::Dead) dead.push_back(entry->path());
  }
  for (const fs::path& group : dead) ::rmdir(group.c_str());
}

FileDescriptor ControlGroups::door(const PlannedProcess& process) const {
  if (own_.empty() || !has_limits(process)) return {};
  return FileDescriptor(::open((group_of(process) / "cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC));
}

std::uint64_t ControlGroups::out_of_memory(const PlannedProcess& process) const {
  if (own_.empty() || !process.resources.memory_bytes) return 0;
  std::istringstream events(text_of(group_of(process) / "memory.events"));
  std::string name;
  std::uint64_t count = 0;
  while (events >> name >> count) {
    if (name == "oom_kill") return count;
  }
  return 0;
}

}  // namespace dynamo
