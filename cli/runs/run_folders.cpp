#include "cli/runs/run_folders.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>

namespace dynamo {
namespace {

/// A variable of the XDG base directories counts only if it is an absolute path.
std::filesystem::path folder_variable(const Environment& environment, const std::string& name) {
  const std::filesystem::path folder = environment.variable(name).value_or("");
  return folder.is_absolute() ? folder : std::filesystem::path();
}

/// A folder in a place that everybody may write to can have been made by anybody.
Result<std::filesystem::path> private_folder(const std::filesystem::path& folder, unsigned user_id) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return errno_failure("make the folder " + folder.string());
  struct stat facts {};
  if (::lstat(folder.c_str(), &facts) != 0) return errno_failure("look at " + folder.string());
  if (!S_ISDIR(facts.st_mode) || facts.st_uid != user_id || (facts.st_mode & 0022U) != 0) {
    errno = EPERM;
    return errno_failure("use " + folder.string() + " for sockets, because others can write to it");
  }
  return folder;
}

}  // namespace

std::filesystem::path runs_folder(const Environment& environment) {
  std::filesystem::path state = folder_variable(environment, "XDG_STATE_HOME");
  if (state.empty()) state = environment.home / ".local" / "state";
  return state / "dynamo" / "runs";
}

Result<std::filesystem::path> socket_folder(const Environment& environment) {
  const std::filesystem::path runtime = folder_variable(environment, "XDG_RUNTIME_DIR");
  std::error_code error;
  if (!runtime.empty() && std::filesystem::is_directory(runtime, error)) {
    auto folder = private_folder(runtime / "dynamo", environment.user_id);
    if (folder) return folder;
  }
  std::filesystem::path temp = folder_variable(environment, "TMPDIR");
  // A long TMPDIR would leave no room for the name of a socket.
  if (temp.empty() || temp.string().size() > 40) temp = "/tmp";
  return private_folder(temp / fmt::format("dynamo-{}", environment.user_id), environment.user_id);
}

}  // namespace dynamo
