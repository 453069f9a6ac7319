// The environment of this process: the one place of cli that asks the machine.

#include "cli/environment.h"
#include "cli/replace_file.h"
#include "orchestrator/upgrade.h"

#include <pwd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <string_view>

namespace dynamo {
namespace {

Channel channel_of(int descriptor, Output& output) {
  Channel channel{.output = &output, .terminal = ::isatty(descriptor) == 1, .width = 0};
  winsize size{};
  if (channel.terminal)
    channel.width = ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
  return channel;
}

std::filesystem::path home_folder(const Environment& environment) {
  if (const auto home = environment.variable("HOME"); home && !home->empty()) return *home;
  const passwd* entry = ::getpwuid(::getuid());
  return entry != nullptr ? entry->pw_dir : "/";
}

}  // namespace

Environment system_environment() {
  static DescriptorOutput out(STDOUT_FILENO);
  static DescriptorOutput err(STDERR_FILENO);
  static SystemFileReader files;
  Environment environment;
  environment.state_descriptor = take_resume_descriptor();
  environment.out = channel_of(STDOUT_FILENO, out);
  environment.err = channel_of(STDERR_FILENO, err);
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    environment.variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  environment.files = &files;
  environment.replace_file = replace_file;
  std::error_code no_folder;  // a removed folder: relative paths stay relative, and cannot be used
  environment.current_dir = std::filesystem::current_path(no_folder);
  environment.home = home_folder(environment);
  environment.user_id = ::getuid();
  environment.now = [] {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return std::int64_t{std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
  };
  environment.run = [](const Plan& plan, const RunOptions& options, RunObserver& observer) {
    return run(plan, options, observer);
  };
  environment.resume = resume;
  environment.make_run_id = make_run_id;
  environment.program = present_program();
  return environment;
}

}  // namespace dynamo
