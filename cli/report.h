#pragma once
// What every command that loads a graph file has in common: its options, the request to the loader, and what
// is said about the loader's answer.

#include "cli/environment.h"
#include "cli/exit_code.h"
#include "graph_loader/load.h"

#include <boost/json/object.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace dynamo {

/// `--format`: how diagnostics are written.
enum class DiagnosticFormat { Human, Short, Json, Sarif, Github };
DYNAMO_WORDS(DiagnosticFormat, "human", "short", "json", "sarif", "github");

/// `-o`: how data is written.
enum class DataFormat { Table, Json, Yaml };
DYNAMO_WORDS(DataFormat, "table", "json", "yaml");

struct ReportOptions {
  DiagnosticFormat format = DiagnosticFormat::Human;
  bool strict = false;
  std::optional<std::size_t> max_errors;  ///< 0: all; default 50, in the forms for programs all
  bool quiet = false;                     ///< on stderr nothing but what makes the command fail
  bool verbose = false;                   ///< also which files were read
};

struct LoadOptions {
  std::vector<std::string> arguments;  ///< target and overrides
  std::vector<std::string> overlays;   ///< `-f`, in order
  std::optional<std::string> gpus;     ///< `--gpus` as typed
  std::optional<std::string> env_file;
  bool check_environment = false;  ///< `--env`
  ReportOptions report;
};

/// One line on stderr, "error: ...", and the exit code that goes with it.
ExitCode fail(const Environment& environment, ExitCode code, const std::string& sentence);

/// How a command ends that has printed all that it had to print. What could not be written to stdout is told here.
ExitCode after_output(ExitCode code, const Environment& environment);

/// Why a command ends before it has looked at anything.
struct Refusal {
  ExitCode code = ExitCode::WrongUsage;
  std::string sentence;
};

/// The question to the loader, or what is wrong with the options.
std::variant<LoadRequest, Refusal> read_load_request(const LoadOptions& options, const Environment& environment);
/// The same; what is wrong with the options is already told then.
std::variant<LoadRequest, ExitCode> load_request(const LoadOptions& options, const Environment& environment);

/// Prints the diagnostics, and says whether and how the command ends here: usage, unreadable files, errors, and
/// warnings with --strict. `whole_answer` is for `validate`: its JSON or SARIF is printed even if nothing is wrong.
std::optional<ExitCode> report(const Loading& loading, const ReportOptions& options, const Environment& environment,
                               bool whole_answer = false);
/// The same where there is no answer.
ExitCode report(const Refusal& refusal, const ReportOptions& options, const Environment& environment);

/// The form that the words of `graph validate` ask for, also where they cannot be parsed: its JSON is one object
/// whatever happens. Human for every other command.
DiagnosticFormat asked_format(const std::vector<std::string>& words);

/// `-v`: which files were read, each once.
void tell_files(const std::vector<const Loading*>& loadings, const Environment& environment);

/// Prints data as JSON or YAML.
void print_data(const boost::json::object& data, DataFormat format, const Environment& environment);

}  // namespace dynamo
