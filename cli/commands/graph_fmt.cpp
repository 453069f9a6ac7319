#include "cli/commands/graph_fmt.h"

#include "cli/folder_words.h"
#include "cli/text/display_text.h"
#include "cli/text/quantities.h"
#include "cli/text/unified_diff.h"
#include "graph_loader/format.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>

namespace dynamo {
namespace {

class Fmt {
 public:
  Fmt(const FmtOptions& options, Environment& environment) : options_(options), environment_(environment) {}

  ExitCode run() {
    std::vector<std::string> files = options_.files;
    if (files.empty()) files.emplace_back("graph.yaml");
    for (const std::string& file : files) note(format(file));
    if (options_.check && different_ > 0) {
      note(ExitCode::SpecHasErrors);
      const bool one = different_ == 1;
      say(fmt::format("{} {} not in canonical form; `dynamo graph fmt FILE` changes {}\n",
                      count_words(different_, "file"), one ? "is" : "are", one ? "it" : "them"));
    }
    return worst_;
  }

 private:
  ExitCode format(const std::string& file) {
    if (const auto folder = folder_words(file, environment_)) return fail(environment_, ExitCode::CouldNot, *folder);
    Formatting formatting;
    try {
      formatting = format_file(file, *environment_.files);
    } catch (const std::exception& error) {
      return fail(environment_, ExitCode::CouldNot,
                  fmt::format("internal error: {}: {}; the file is as it was; please report it", file, error.what()));
    }
    if (const auto end = report(formatting, {}, environment_)) return *end;
    const bool same = *formatting.text == formatting.before;
    if (!same) ++different_;
    if (options_.diff) {
      const std::string diff = unified_diff(formatting.before, *formatting.text, file, "formatted");
      environment_.print(color_diff(diff, environment_.style(environment_.out)));
    } else if (options_.check) {
      if (!same) environment_.print(file + "\n");
    } else if (file == "-") {
      environment_.print(*formatting.text);
    } else if (!same) {
      if (const auto refused = environment_.replace_file(file, formatting.before, *formatting.text)) {
        return fail(environment_, ExitCode::CouldNot, *refused + "; the file is as it was");
      }
      say(fmt::format("{}: formatted\n", visible(file)));
    }
    return ExitCode::Good;
  }

  void say(const std::string& sentence) const {
    if (!options_.quiet) environment_.complain(sentence);
  }

  /// What could not be done says more than what is wrong in a file.
  void note(ExitCode code) { worst_ = std::max(worst_, code); }

  const FmtOptions& options_;
  Environment& environment_;
  ExitCode worst_ = ExitCode::Good;
  std::size_t different_ = 0;
};

}  // namespace

ExitCode run_fmt(const FmtOptions& options, Environment& environment) { return Fmt(options, environment).run(); }

}  // namespace dynamo
