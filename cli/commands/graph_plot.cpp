#include "cli/commands/graph_plot.h"

#include "cli/helper_program.h"
#include "cli/plot/dot.h"
#include "cli/plot/mermaid.h"
#include "cli/text/display_text.h"
#include "orchestrator/launcher.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace dynamo {
namespace {

constexpr std::string_view way_out = "`-o dot` prints what it would draw";

/// What a program wrote to stderr, line by line.
std::string quoted_lines(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    result += fmt::format("  | {}\n", visible(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result;
}

/// How `dot` failed; empty if it drew something.
std::string failure_of(const ProgramEnd& end) {
  if (end.signal != 0) return fmt::format("was killed by signal {}", end.signal);
  if (end.status != 0) return fmt::format("ended with exit status {}", end.status);
  return end.out.find("<svg") == std::string::npos ? "drew nothing" : "";
}

ExitCode draw(const std::string& dot, bool quiet, const Environment& environment) {
  const auto program = find_program("dot", environment.variable("PATH").value_or(""), environment.current_dir.string());
  if (!program) {
    return fail(environment, ExitCode::CouldNot,
                fmt::format("`-o svg` needs Graphviz's program `dot`, which is not in PATH: install the package "
                            "`graphviz`; {}",
                            way_out));
  }
  Slow slow;
  if (environment.err.terminal && !quiet) slow.tell = [&] { environment.complain("drawing with `dot`...\n"); };
  const auto ended = run_helper(*program, {"-Tsvg"}, dot, environment, slow);
  if (!ended) return fail(environment, ExitCode::CouldNot, ended.error().message());
  if (const std::string how = failure_of(*ended); !how.empty()) {
    fail(environment, ExitCode::CouldNot, fmt::format("`{}` {}; {}", *program, how, way_out));
    environment.complain(quoted_lines(ended->err));
    return ExitCode::CouldNot;
  }
  if (!ended->err.empty()) environment.complain(fmt::format("`{}` says\n{}", *program, quoted_lines(ended->err)));
  environment.print(with_dark_colors(ended->out));
  return ExitCode::Good;
}

}  // namespace

ExitCode run_plot(const PlotOptions& options, Environment& environment) {
  const auto request = load_request(options.load, environment);
  if (const auto* code = std::get_if<ExitCode>(&request)) return *code;
  const Showing showing = show(std::get<LoadRequest>(request), *environment.files);
  if (const auto end = report(showing, options.load.report, environment)) return *end;
  if (!showing.graph) return fail(environment, ExitCode::CouldNot, "the loader gave no graph and no reason (a bug)");
  const Plot plot = make_plot(*showing.graph);
  switch (options.output) {
    case PlotFormat::Mermaid: environment.print(plot_mermaid(plot)); break;
    case PlotFormat::Dot: environment.print(plot_dot(plot)); break;
    case PlotFormat::Svg: return draw(plot_dot(plot), options.load.report.quiet, environment);
  }
  return ExitCode::Good;
}

}  // namespace dynamo
