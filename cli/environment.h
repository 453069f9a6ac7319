#pragma once
// Everything that a command may know of the world around it, so that a test can run a command without a
// process: where text goes, how wide and colourful it may be, the caller's variables, the way to files.

#include "cli/output.h"
#include "cli/text/style.h"
#include "graph_loader/spec/file_reader.h"
#include "orchestrator/run.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

/// `--color`.
enum class ColorWish { Auto, Always, Never };
DYNAMO_WORDS(ColorWish, "auto", "always", "never");

/// One of stdout and stderr.
struct Channel {
  Output* output = nullptr;
  bool terminal = false;
  int width = 0;  ///< columns of the terminal; 0: nobody counts
};

struct Environment {
  Channel out;
  Channel err;
  std::map<std::string, std::string> variables;
  FileReader* files = nullptr;
  /// Gives a file a new text if it still has the old one (cli/replace_file.h).
  std::function<std::optional<std::string>(const std::string& path, std::string_view before, std::string_view after)>
      replace_file;
  std::filesystem::path nvidia_folder = "/proc/driver/nvidia/gpus";
  std::filesystem::path current_dir;  ///< absolute
  std::filesystem::path home;         ///< of the user, also where HOME is not set
  unsigned user_id = 0;
  std::function<std::int64_t()> now;  ///< milliseconds since 1970, UTC
  ColorWish color = ColorWish::Auto;
  /// The orchestrator (orchestrator/run.h).
  std::function<RunOutcome(const Plan&, const RunOptions&, RunObserver&)> run;
  std::function<RunOutcome(SavedRun&, RunObserver&)> resume;
  std::function<std::string(const std::filesystem::path& runs_dir)> make_run_id;
  std::string program;  ///< the file that this program was started from; empty: unknown
  /// Set if this program has replaced an earlier one in its process: the descriptor with the state of its run.
  std::optional<int> state_descriptor;
  bool only_check_state = false;  ///< look at the state, do nothing

  void print(std::string_view text) const { out.output->write(text); }
  void complain(std::string_view text) const { err.output->write(text); }
  /// Colour is for terminals; NO_COLOR and `TERM=dumb` turn it off, `--color` decides above all.
  [[nodiscard]] Style style(const Channel& channel) const;
  /// None if it is not set; an empty value is a value.
  [[nodiscard]] std::optional<std::string> variable(const std::string& name) const;
  /// `path` with the user's home folder as `~`.
  [[nodiscard]] std::string short_path(const std::filesystem::path& path) const;
};

/// The environment of this process. The objects that it points to live as long as the process.
Environment system_environment();

}  // namespace dynamo
