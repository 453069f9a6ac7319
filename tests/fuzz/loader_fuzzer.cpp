// One input, given to the whole way from text to what a command prints: the loader, and every form of its answer.
//
// An input is text, so that a finding can be read and written by hand:
//
//   vhj         what to do: a letter of each of the lists below, then flags (s strict, e --env, t terminal, o overlays)
//   :chat       the target and the overrides, one a line
//   %% graph.yaml
//   apiVersion: dynamo/v1
//   %% parts/base.yaml
//   ...         as many files as are wanted; the first is the root, with `o` the others are laid over it
//
// Other letters count too: the fuzzer may write what it likes. Nothing is read from this machine.

#include "cli/commands/graph_list.h"
#include "cli/commands/graph_plan.h"
#include "cli/commands/graph_show.h"
#include "cli/commands/graph_validate.h"
#include "cli/commands/import.h"
#include "graph_loader/format.h"
#include "graph_loader/language/completion.h"
#include "graph_loader/language/file_symbols.h"
#include "graph_loader/language/hover.h"
#include "graph_loader/language/readable_text.h"
#include "graph_loader/language/rename.h"

#include <boost/json/parse.hpp>
#include <boost/system/errc.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dynamo {
namespace {

constexpr std::string_view commands = "vlspifk";  // validate, list, show, plan, import, fmt, what an editor asks
constexpr unsigned fmt_command = 5;
constexpr unsigned editor_command = 6;
constexpr std::string_view data_formats = "tjy";
constexpr std::string_view separator = "%% ";

class FilesOfInput final : public FileReader {
 public:
  Result<std::string> read(const std::string& path) override {
    const auto found = files.find(path);
    if (found != files.end()) return found->second;
    return Failure("read `" + path + "`", make_error_code(boost::system::errc::no_such_file_or_directory));
  }
  std::map<std::string, std::string> files;
};

struct Input {
  unsigned command = 0;
  DiagnosticFormat format = DiagnosticFormat::Human;
  DataFormat data = DataFormat::Table;
  bool strict = false;
  bool check_environment = false;
  bool terminal = false;
  std::vector<std::string> arguments;
  std::string root = "graph.yaml";
  std::vector<std::string> overlays;
  FilesOfInput files;
};

/// The place of a letter in a list; of any other letter some place.
unsigned choice(char letter, std::string_view list) {
  const std::size_t found = list.find(letter);
  return static_cast<unsigned>(found != std::string_view::npos ? found
                                                               : static_cast<unsigned char>(letter) % list.size());
}

/// By the first letter of its name.
DiagnosticFormat format_of(char letter) {
  const auto& names = Words<DiagnosticFormat>::list;
  for (std::size_t index = 0; index < names.size(); ++index) {
    if (names[index].front() == letter) return static_cast<DiagnosticFormat>(index);
  }
  return static_cast<DiagnosticFormat>(static_cast<unsigned char>(letter) % names.size());
}

std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

Input read_input(std::string_view text) {
  Input input;
  const std::string_view head = take_line(text);
  const auto letter = [&](std::size_t at) { return at < head.size() ? head[at] : '\0'; };
  input.command = choice(letter(0), commands);
  input.format = format_of(letter(1));
  input.data = static_cast<DataFormat>(choice(letter(2), data_formats));
  bool overlays = false;
  for (const char flag : head.substr(std::min<std::size_t>(3, head.size()))) {
    input.strict = input.strict || flag == 's';
    input.check_environment = input.check_environment || flag == 'e';
    input.terminal = input.terminal || flag == 't';
    overlays = overlays || flag == 'o';
  }
  while (!text.empty() && !text.starts_with(separator)) input.arguments.emplace_back(take_line(text));
  bool first = true;
  while (!text.empty()) {
    const std::string name(take_line(text).substr(separator.size()));
    std::size_t end = text.starts_with(separator) ? 0 : text.find("\n%% ");
    if (end != 0) end = std::min(end == std::string_view::npos ? end : end + 1, text.size());
    if (first) input.root = name;
    if (!first && overlays) input.overlays.push_back(name);
    first = false;
    input.files.files.insert_or_assign(name, std::string(text.substr(0, end)));
    text.remove_prefix(end);
  }
  return input;
}

/// A word is `FILE:NAME`, or only `:NAME` or nothing for the root of the input.
std::string target_word(const std::vector<std::string>& arguments, const std::string& root) {
  if (arguments.empty() || arguments.front().empty()) return root;
  return arguments.front().starts_with(':') ? root + arguments.front() : arguments.front();
}

[[noreturn]] void finding(std::string_view what, std::string_view text) {
  std::fprintf(stderr, "finding: %.*s\n%.*s\n", static_cast<int>(what.size()), what.data(),
               static_cast<int>(std::min<std::size_t>(text.size(), 4000)), text.data());
  std::abort();
}

void check_json(std::string_view text) {
  boost::system::error_code error;
  boost::json::parse({text.data(), text.size()}, error);
  if (error) finding("the JSON cannot be read: " + error.message(), text);
}

ExitCode run(Input& input, Environment& environment) {
  LoadOptions load;
  load.arguments = std::move(input.arguments);
  if (load.arguments.empty()) load.arguments.emplace_back();
  load.arguments.front() = target_word(load.arguments, input.root);
  load.check_environment = input.check_environment;
  load.overlays = input.overlays;
  load.report.format = input.format;
  load.report.strict = input.strict;
  switch (input.command) {
    case 0: {
      ValidateOptions options;
      options.load = load;
      return run_validate(options, environment);
    }
    case 1: {
      ListOptions options;
      options.load = load;
      options.output = input.data;
      return run_list(options, environment);
    }
    case 2: {
      ShowOptions options;
      options.load = load;
      options.output = input.data;
      return run_show(options, environment);
    }
    case 3: {
      PlanOptions options;
      options.planning.load = load;
      options.planning.load.gpus = "0-7";
      options.output = input.data;
      return run_plan(options, environment);
    }
    default: {
      ImportOptions options;
      options.file = input.root;
      options.report = load.report;
      return run_import(options, environment);
    }
  }
}

/// The formatter throws rather than give a text that says something else, and what it gives is in canonical form.
void check_format(Input& input) {
  const Formatting once = format_file(input.root, input.files);
  if (!once.text) return;
  input.files.files.insert_or_assign(input.root, *once.text);
  const Formatting twice = format_file(input.root, input.files);
  if (!twice.text) finding("the formatted text has mistakes", *once.text);
  if (*twice.text != *once.text) finding("formatting twice gives another text", *once.text);
}

class NoFolders final : public FolderReader {
 public:
  std::vector<std::string> list(const std::string& /*folder*/) override { return {}; }
};

/// What the language features say at places all over the root, or the overlay, that is typed up to there.
void check_editor(Input& input) {
  const Root root{input.root, input.overlays.empty() ? "" : input.overlays.front()};
  const std::string path = root.overlay.empty() ? root.file : root.overlay;
  const std::string whole = input.files.files[path];
  constexpr std::uint32_t places = 3;  // each costs as much as a whole other command
  NoFolders folders;
  ReadableText readable;
  for (std::uint32_t place = 1; place <= places; ++place) {
    const auto byte = static_cast<std::uint32_t>(whole.size() * place / places);
    const std::string typed = whole.substr(0, place % 2 == 0 ? whole.size() : byte);
    readable = make_readable(typed, byte, std::move(readable));
    input.files.files[path] = readable.text;
    const ProjectList projects = {make_project(root, input.files)};
    const Project& project = *projects.front();
    for (const Completion& one : complete(*project.analysis, path, typed, byte, folders)) {
      if (one.begin > one.end || one.end > typed.size()) finding("a completion replaces what is not there", typed);
    }
    hover(project, path, readable.text, byte);
    if (const Occurrence* here = project.symbols->at(path, byte)) {
      if (project.symbols->definitions(*here).size() > 1'000'000) finding("too many definitions", typed);
      find_uses(projects, path, byte);
      if (place == 2) rename(projects, path, byte, "renamed", input.files);
    }
    for (const SyntaxTree& tree : project.analysis->spec().trees) {
      if (tree.root != nullptr) file_symbols(tree);
    }
  }
}

void check(std::string_view text) {
  Input input = read_input(text);
  if (input.command == editor_command) return check_editor(input);
  if (input.command == fmt_command) return check_format(input);
  const bool diagnostics_are_json = input.format == DiagnosticFormat::Json;
  const bool data_is_json = input.data == DataFormat::Json && input.command >= 1 && input.command <= 3;
  const bool is_validate = input.command == 0;

  TextOutput out;
  TextOutput err;
  Environment environment;
  environment.out = {.output = &out, .terminal = input.terminal, .width = input.terminal ? 60 : 0};
  environment.err = {.output = &err, .terminal = input.terminal, .width = input.terminal ? 60 : 0};
  environment.variables = {{"HOME", "/home/user"}, {"SET", "value"}, {"EMPTY", ""}};
  environment.files = &input.files;
  environment.nvidia_folder = "/nowhere";
  environment.current_dir = "/work";
  environment.home = "/home/user";
  environment.now = [] { return std::int64_t{0}; };

  const ExitCode code = run(input, environment);
  if (code != ExitCode::Good && out.text().empty() && err.text().empty()) finding("failed without a word", text);
  constexpr std::string_view bug = "(a bug)";
  const bool quoted = text.find(bug) != std::string_view::npos;
  if (!quoted && err.text().find(bug) != std::string::npos) finding("a bug was found", err.text());
  const bool prints_json = (is_validate && diagnostics_are_json) || (data_is_json && code == ExitCode::Good);
  if (prints_json && !(data_is_json && diagnostics_are_json) && !out.text().empty()) check_json(out.text());
}

}  // namespace
}  // namespace dynamo

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  dynamo::check({reinterpret_cast<const char*>(data), size});
  return 0;
}
