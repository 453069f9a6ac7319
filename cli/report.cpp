#include "cli/report.h"

#include "cli/diagnostic_json.h"
#include "cli/display_text.h"
#include "cli/env_file.h"
#include "cli/host_facts.h"
#include "cli/json_text.h"
#include "cli/render_diagnostic.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace dynamo {
namespace {

constexpr std::size_t default_max_errors = 50;

void print_diagnostics(const Loading& loading, const ReportOptions& options, const Environment& environment,
                       bool valid) {
  const std::size_t limit = options.max_errors.value_or(default_max_errors);
  switch (options.format) {
    case DiagnosticFormat::Human: {
      const DiagnosticLook look{.width = environment.err.width, .style = environment.style(environment.err)};
      environment.complain(render_all_human(loading.diagnostics, limit, look));
      environment.complain(diagnostic_summary(loading.file, loading.diagnostics));
      break;
    }
    case DiagnosticFormat::Short: environment.complain(render_all_short(loading.diagnostics, limit)); break;
    case DiagnosticFormat::Json: {
      // A program that did not ask for a limit gets everything.
      const std::size_t wanted = options.max_errors.value_or(0);
      std::vector<Diagnostic> list = loading.diagnostics;
      if (wanted > 0 && list.size() > wanted)
        list.erase(list.begin() + static_cast<std::ptrdiff_t>(wanted), list.end());
      environment.print(json_text(diagnostics_json(list, valid)));
      break;
    }
  }
}

}  // namespace

ExitCode fail(const Environment& environment, ExitCode code, const std::string& sentence) {
  const Style style = environment.style(environment.err);
  environment.complain(style.strong(Ink::Red, "error") + ": " + visible(sentence) + "\n");
  return code;
}

std::variant<LoadRequest, ExitCode> load_request(const LoadOptions& options, const Environment& environment) {
  LoadRequest request;
  request.arguments = options.arguments;
  request.overlays = options.overlays;
  request.environment = environment.variables;
  request.current_dir = environment.current_dir.string();
  request.check_environment = options.check_environment;
  if (options.gpus) {
    request.gpus = parse_gpu_list(*options.gpus);
    if (!request.gpus) {
      return fail(environment, ExitCode::WrongUsage,
                  fmt::format("--gpus takes different GPU numbers such as 0,2-3, not `{}`", *options.gpus));
    }
  }
  if (options.env_file) {
    const auto text = environment.files->read(*options.env_file);
    if (!text) return fail(environment, ExitCode::CouldNot, text.error().message());
    EnvFile file = parse_env_file(*text);
    if (file.bad_line > 0) {
      return fail(environment, ExitCode::WrongUsage,
                  fmt::format("{}:{}: a line of an environment file is NAME=VALUE, a comment or empty",
                              *options.env_file, file.bad_line));
    }
    // A variable that the caller has set wins, as in the shell that sources defaults.
    request.environment.merge(std::move(file.variables));
  }
  return request;
}

std::optional<ExitCode> report(const Loading& loading, const ReportOptions& options, const Environment& environment,
                               bool whole_answer) {
  const std::size_t errors = loading.count(Severity::Error);
  std::optional<ExitCode> end;
  if (loading.usage) {
    end = fail(environment, ExitCode::WrongUsage, *loading.usage);
  } else if (loading.unreadable) {
    end = fail(environment, ExitCode::CouldNot, *loading.unreadable);
  } else if (errors > 0 || (options.strict && !loading.diagnostics.empty())) {
    end = ExitCode::SpecHasErrors;
  }
  const bool all_of_it = whole_answer && options.format == DiagnosticFormat::Json;
  if (!loading.diagnostics.empty() || all_of_it) print_diagnostics(loading, options, environment, !end);
  return end;
}

void print_data(const boost::json::object& data, DataFormat format, const Environment& environment) {
  environment.print(format == DataFormat::Yaml ? yaml_text(data) : json_text(data));
}

}  // namespace dynamo
