#include "cli/report.h"

#include "cli/diagnostics/github.h"
#include "cli/diagnostics/json.h"
#include "cli/diagnostics/render.h"
#include "cli/diagnostics/sarif.h"
#include "cli/env_file.h"
#include "cli/folder_words.h"
#include "cli/host_facts.h"
#include "cli/text/display_text.h"
#include "cli/text/json_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace dynamo {
namespace {

constexpr std::size_t default_max_errors = 50;

/// The forms for programs are cut only if that was asked for.
std::size_t shown_of(std::size_t count, const ReportOptions& options) {
  const std::size_t limit = options.max_errors.value_or(0);
  return limit == 0 ? count : std::min(limit, count);
}

/// What people are told: with -q only what makes the command fail. There are no warnings beside errors.
bool tells_people(const Loading& loading, const ReportOptions& options) {
  if (loading.diagnostics.empty()) return false;
  return !options.quiet || options.strict || loading.count(Severity::Error) > 0;
}

/// `failure`: why nothing could be checked, if that is so.
void print_diagnostics(const Loading& loading, const ReportOptions& options, const Environment& environment,
                       ExitCode code, const std::optional<std::string>& failure) {
  const std::size_t limit = options.max_errors.value_or(default_max_errors);
  const std::size_t shown = shown_of(loading.diagnostics.size(), options);
  const std::size_t hidden = loading.diagnostics.size() - shown;
  std::vector<Diagnostic> cut;
  if (hidden > 0) {
    cut.assign(loading.diagnostics.begin(), loading.diagnostics.begin() + static_cast<std::ptrdiff_t>(shown));
  }
  const std::vector<Diagnostic>& list = hidden > 0 ? cut : loading.diagnostics;
  switch (options.format) {
    case DiagnosticFormat::Human: {
      if (!tells_people(loading, options)) return;
      const DiagnosticLook look{.width = environment.err.width, .style = environment.style(environment.err)};
      environment.complain(render_all_human(loading.diagnostics, limit, look));
      break;
    }
    case DiagnosticFormat::Short:
      if (!tells_people(loading, options)) return;
      environment.complain(render_all_short(loading.diagnostics, limit));
      break;
    case DiagnosticFormat::Json: environment.print(json_text(diagnostics_json(list, code == ExitCode::Good))); break;
    case DiagnosticFormat::Sarif:
      environment.print(json_text(diagnostics_sarif(list, {.exit_code = code, .failure = failure, .hidden = hidden})));
      break;
    case DiagnosticFormat::Github:
      if (failure) environment.print(github_failure(*failure));
      environment.print(render_all_github(list, hidden));
      break;
  }
  if (loading.untold > 0) {
    environment.complain(fmt::format("… {} more were found and not kept: mend some of these first\n", loading.untold));
  }
  if (options.format == DiagnosticFormat::Human && !options.quiet) {
    environment.complain(diagnostic_summary(loading.file, loading.diagnostics));
  }
}

/// A folder where a file should be, in words. A word without a file names a graph of ./graph.yaml, if that is there.
std::optional<std::string> folder_for_file(const LoadOptions& options, const Environment& environment) {
  for (const std::string& overlay : options.overlays) {
    if (auto words = folder_words(overlay, environment)) return words;
  }
  if (options.arguments.empty()) return std::nullopt;
  const std::string& word = options.arguments.front();
  auto words = folder_words(word, environment);
  const Target target = parse_target(word);
  if (!words || !target.name) return words ? words : folder_words(target.file, environment);
  if (word.starts_with('.')) return words;
  return environment.files->read(target.file).has_value() ? std::nullopt : words;
}

}  // namespace

ExitCode fail(const Environment& environment, ExitCode code, const std::string& sentence) {
  const Style style = environment.style(environment.err);
  environment.complain(style.strong(Ink::Red, "error") + ": " + visible(sentence) + "\n");
  return code;
}

ExitCode after_output(ExitCode code, const Environment& environment) {
  const boost::system::error_code failure = environment.out.output->failure();
  if (!failure) return code;
  return fail(environment, ExitCode::CouldNot, "cannot write to standard output: " + failure.message());
}

std::variant<LoadRequest, Refusal> read_load_request(const LoadOptions& options, const Environment& environment) {
  if (auto folder = folder_for_file(options, environment)) return Refusal{ExitCode::CouldNot, std::move(*folder)};
  LoadRequest request;
  request.arguments = options.arguments;
  request.overlays = options.overlays;
  request.environment = environment.variables;
  request.current_dir = environment.current_dir.string();
  request.check_environment = options.check_environment;
  if (options.gpus) {
    request.gpus = parse_gpu_list(*options.gpus);
    if (!request.gpus) {
      return Refusal{ExitCode::WrongUsage,
                     fmt::format("`--gpus` takes different GPU numbers such as 0,2-3, not `{}`", *options.gpus)};
    }
  }
  if (options.env_file) {
    const auto text = environment.files->read(*options.env_file);
    if (!text) return Refusal{ExitCode::CouldNot, text.error().message()};
    EnvFile file = parse_env_file(*text);
    if (file.bad_line > 0) {
      return Refusal{ExitCode::WrongUsage,
                     fmt::format("{}:{}: a line of an environment file is NAME=VALUE, a comment or empty",
                                 *options.env_file, file.bad_line)};
    }
    // A variable that the caller has set wins, as in the shell that sources defaults.
    request.environment.merge(std::move(file.variables));
  }
  return request;
}

std::variant<LoadRequest, ExitCode> load_request(const LoadOptions& options, const Environment& environment) {
  auto request = read_load_request(options, environment);
  if (const auto* refusal = std::get_if<Refusal>(&request)) return fail(environment, refusal->code, refusal->sentence);
  return std::get<LoadRequest>(std::move(request));
}

std::optional<ExitCode> report(const Loading& loading, const ReportOptions& options, const Environment& environment,
                               bool whole_answer) {
  const std::size_t errors = loading.count(Severity::Error);
  std::optional<ExitCode> end;
  const std::optional<std::string>& failure = loading.usage ? loading.usage : loading.unreadable;
  if (failure) {
    end = fail(environment, loading.usage ? ExitCode::WrongUsage : ExitCode::CouldNot, *failure);
  } else if (errors > 0 || (options.strict && !loading.diagnostics.empty())) {
    end = ExitCode::SpecHasErrors;
  }
  if (options.verbose) tell_files({&loading}, environment);
  if (!loading.diagnostics.empty() || whole_answer) {
    print_diagnostics(loading, options, environment, end.value_or(ExitCode::Good), failure);
  }
  return end;
}

ExitCode report(const Refusal& refusal, const ReportOptions& options, const Environment& environment) {
  Loading loading;
  (refusal.code == ExitCode::WrongUsage ? loading.usage : loading.unreadable) = refusal.sentence;
  report(loading, options, environment, true);
  return refusal.code;
}

DiagnosticFormat asked_format(const std::vector<std::string>& words) {
  DiagnosticFormat result = DiagnosticFormat::Human;
  if (words.size() < 2 || words[0] != "graph" || words[1] != "validate") return result;
  constexpr std::string_view option = "--format";
  for (auto word = words.begin() + 2; word != words.end() && *word != "--"; ++word) {
    std::string_view value;
    if (*word == option && word + 1 != words.end()) {
      value = *(word + 1);
    } else if (word->starts_with(option) && word->size() > option.size() && (*word)[option.size()] == '=') {
      value = std::string_view(*word).substr(option.size() + 1);
    }
    result = from_word<DiagnosticFormat>(value).value_or(result);
  }
  return result;
}

void tell_files(const std::vector<const Loading*>& loadings, const Environment& environment) {
  std::vector<std::string> names;
  for (const Loading* loading : loadings) {
    if (!loading->sources) continue;
    for (const SourceFile& file : loading->sources->files()) {
      const bool known = std::find(names.begin(), names.end(), file.name()) != names.end();
      if (!known && file.name() != "command line") names.push_back(file.name());
    }
  }
  if (!names.empty())
    environment.complain(fmt::format("read {}\n", visible(fmt::format("{}", fmt::join(names, ", ")))));
}

void print_data(const boost::json::object& data, DataFormat format, const Environment& environment) {
  environment.print(format == DataFormat::Yaml ? yaml_text(data) : json_text(data));
}

}  // namespace dynamo
