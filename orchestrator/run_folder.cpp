#include "orchestrator/run_folder.h"

#include "orchestrator/clients_file.h"
#include "orchestrator/run_lock.h"
#include "proto/json.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <boost/json/serialize.hpp>

#include <cerrno>
#include <random>
#include <utility>

namespace dynamo {
namespace {

/// Makes a folder that only this user may enter. One that exists must already be like that: others could put
/// sockets of their own into it.
Result<void> make_private(const std::filesystem::path& folder) {
  std::error_code ignored;
  std::filesystem::create_directories(folder.parent_path(), ignored);
  if (::mkdir(folder.c_str(), 0700) == 0) return {};
  if (errno != EEXIST) return errno_failure(fmt::format("make the folder `{}`", folder.string()));
  struct stat facts {};
  if (::lstat(folder.c_str(), &facts) != 0) return errno_failure(fmt::format("look at `{}`", folder.string()));
  if (!S_ISDIR(facts.st_mode) || facts.st_uid != ::geteuid()) {
    errno = EPERM;
    return errno_failure(fmt::format("use `{}`, which is not a folder of ours", folder.string()));
  }
  if (::chmod(folder.c_str(), 0700) != 0) return errno_failure(fmt::format("close `{}` to others", folder.string()));
  return {};
}

}  // namespace

std::string plan_text(const Plan& plan) { return boost::json::serialize(to_json(plan)) + "\n"; }

RunFolder::RunFolder(std::filesystem::path folder, std::filesystem::path sockets, FileDescriptor lock)
    : folder_(std::move(folder)), sockets_(std::move(sockets)), lock_(std::move(lock)) {}

Result<RunFolder> RunFolder::create(const Plan& plan, const RunOptions& options) {
  for (const std::filesystem::path& folder : {options.run_dir, options.run_dir / "logs", options.run_dir / "clients",
                                              options.run_dir / "kv", options.socket_dir}) {
    if (Result<void> made = make_private(folder); !made) return made.error();
  }
  Result<FileDescriptor> lock = lock_run(options.run_dir);
  if (!lock) return lock.error();
  if (Result<void> written = replace_file(options.run_dir / "plan.json", plan_text(plan)); !written) {
    return written.error();
  }
  return RunFolder(options.run_dir, options.socket_dir, std::move(*lock));
}

RunFolder RunFolder::resume(const RunOptions& options, FileDescriptor lock) {
  return RunFolder(options.run_dir, options.socket_dir, std::move(lock));
}

std::filesystem::path RunFolder::log(const PlannedProcess& process) const {
  return folder_ / "logs" / fmt::format("{}-{}.log", process.slot, process.replica);
}

void RunFolder::remove_sockets() const {
  std::error_code ignored;
  std::filesystem::remove_all(sockets_, ignored);
}

void RunFolder::discard() const {
  remove_sockets();
  std::error_code ignored;
  for (const char* own : {"logs", "clients", "kv"}) std::filesystem::remove(folder_ / own, ignored);
  for (const char* own : {"plan.json", "events.jsonl", "lock"}) std::filesystem::remove(folder_ / own, ignored);
  std::filesystem::remove(folder_, ignored);
}

std::string make_run_id(const std::filesystem::path& runs_dir) {
  std::random_device random;
  std::error_code ignored;
  for (int digits = 4;; ++digits) {
    // More digits when the short ones are mostly taken: each length gets a few tries.
    for (int attempt = 0; attempt < 8; ++attempt) {
      const std::uint64_t number =
          (std::uint64_t{random()} << 32U | random()) & ((std::uint64_t{1} << (4 * digits)) - 1);
      std::string id = fmt::format("{:0{}x}", number, digits);
      if (!std::filesystem::exists(runs_dir / id, ignored) || digits == 15) return id;
    }
  }
}

}  // namespace dynamo
