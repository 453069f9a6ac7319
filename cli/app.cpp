#include "cli/app.h"

#include "cli/commands/completion.h"
#include "cli/commands/graph_diff.h"
#include "cli/commands/graph_explain.h"
#include "cli/commands/graph_fmt.h"
#include "cli/commands/graph_list.h"
#include "cli/commands/graph_lsp.h"
#include "cli/commands/graph_plan.h"
#include "cli/commands/graph_plot.h"
#include "cli/commands/graph_schema.h"
#include "cli/commands/graph_show.h"
#include "cli/commands/graph_validate.h"
#include "cli/commands/import.h"
#include "cli/commands/ps.h"
#include "cli/commands/serve.h"
#include "cli/help/help_text.h"
#include "cli/help/manual.h"
#include "cli/usage.h"
#include "graph_loader/spec/quantity.h"
#include "graph_loader/spec/spelling.h"
#include "graph_loader/spec/wording.h"
#include "orchestrator/upgrade.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>

namespace dynamo {
namespace {

constexpr std::string_view version = DYNAMO_VERSION;
constexpr char stdin_mark = '\x1f';

/// Tells why nothing came of the words, in the form that they ask for.
ExitCode refuse_words(const std::vector<std::string>& words, const Refusal& refusal, const Environment& environment) {
  ReportOptions options;
  options.format = asked_format(words);
  return report(refusal, options, environment);
}

/// The parser and what its words fill.
class CommandLine {
 public:
  explicit CommandLine(Environment& environment) : environment_(environment) {
    app_.require_subcommand(0, 1);
    app_.set_help_flag();
    app_.add_flag("-h,--help", help_, "this screen");
    app_.add_flag("--version", version_, "the version of this program");
    add_serve();
    add_ps();
    add_import();
    add_completion();
    graph_ = app_.add_subcommand("graph", "");
    graph_->require_subcommand(0, 1);
    graph_->set_help_flag();
    graph_->add_flag("-h,--help", help_, "this screen");
    add_validate();
    add_list();
    add_show();
    add_plan();
    add_plot();
    add_diff();
    add_fmt();
    add_explain();
    add_schema();
    add_lsp();
  }

  ExitCode run(std::vector<std::string> arguments) {
    if (!arguments.empty() && arguments.front() == "__complete") {
      return run_complete({arguments.begin() + 1, arguments.end()}, model(), environment_);
    }
    if (arguments.size() > 1 && arguments.front() == "__complete_line") {
      const auto end = arguments.size() > 2 ? std::optional(arguments[2]) : std::nullopt;
      return run_complete_line(arguments[1], end, model(), environment_);
    }
    if (arguments.size() == 2 && arguments.front() == "__manual") {
      environment_.print(arguments[1] == "5" ? language_manual(version) : command_manual(model(), version));
      return ExitCode::Good;
    }
    if (arguments.size() > 2 && arguments.front() == check_state_command) {
      environment_.state_descriptor = std::atoi(arguments[1].c_str());
      environment_.only_check_state = true;
      arguments.erase(arguments.begin(), arguments.begin() + 2);
    }
    if (const auto ended = look_at_command(arguments)) return *ended;
    typed_ = arguments;
    mark_stdin_targets(arguments);
    std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants them
    try {
      app_.parse(std::move(arguments));
    } catch (const CLI::CallForHelp&) {
      environment_.print(screen());
      return ExitCode::Good;
    } catch (const CLI::ParseError& error) {
      return refuse(error);
    }
    if (version_) {
      environment_.print(fmt::format("dynamo {}\n", version));
      return ExitCode::Good;
    }
    if (!action_) {
      environment_.print(screen());
      return ExitCode::Good;
    }
    return action_();
  }

 private:
  CLI::App& add_command(CLI::App& parent, const std::string& word, const std::string& name,
                        std::function<ExitCode()> action) {
    CLI::App* command = parent.add_subcommand(word, "");
    command->set_help_flag("-h,--help", "this screen");
    command->final_callback([this, action = std::move(action)] { action_ = action; });
    commands_.emplace_back(command, name);
    return *command;
  }

  // ---- options that several commands have -------------------------------------------------------------------

  /// An option that takes one word of a closed list.
  template <HasWords Enum>
  void add_words(CLI::App& app, const std::string& names, const std::string& type, Enum& value,
                 const std::string& does) {
    CLI::Option* option = app.add_option_function<std::string>(
        names,
        [this, &app, &value, names](const std::string& typed) {
          const auto found = from_word<Enum>(typed);
          if (!found) {
            const std::string last = names.substr(names.rfind(',') + 1);
            throw CLI::ValidationError(fmt::format("`{}` takes {}, not `{}`{}", last, one_of(Words<Enum>::list), typed,
                                                   other_word(app, typed, Words<Enum>::list)));
          }
          value = *found;
        },
        does);
    option->type_name(type);
    word_lists_[option] = Words<Enum>::list;
  }

  /// "; did you mean `json`?", or the option of the command that takes this word; empty if there is none.
  std::string other_word(const CLI::App& app, std::string_view typed, std::span<const std::string_view> words) const {
    if (const auto near = nearest(typed, {words.begin(), words.end()}))
      return fmt::format("; did you mean `{}`?", *near);
    for (const CLI::Option* option : app.get_options()) {
      const auto other = word_lists_.find(option);
      if (other == word_lists_.end()) continue;
      if (std::find(other->second.begin(), other->second.end(), typed) == other->second.end()) continue;
      const auto& letters = option->get_snames();
      return fmt::format("; there is `{} {}`",
                         letters.empty() ? "--" + option->get_lnames().front() : "-" + letters.front(), typed);
    }
    return {};
  }

  /// A size, or a time, as the language writes them; `0` for no limit.
  template <class Value, class Parse>
  static void add_limit(CLI::App& app, const std::string& name, const std::string& type, Value& value, Parse parse,
                        const char* example, const std::string& does) {
    app.add_option_function<std::string>(
           name,
           [&value, name, parse, example](const std::string& typed) {
             const auto read = typed == "0" ? std::optional<Value>(Value{}) : parse(typed);
             if (!read) {
               throw CLI::ValidationError(
                   fmt::format("`{}` takes {}, or 0 for no limit, not `{}`", name, example, typed));
             }
             value = *read;
           },
           does)
        ->type_name(type);
  }

  template <class Number>
  static void add_number(CLI::App& app, const std::string& name, std::optional<Number>& value, int least, int most,
                         const std::string& does) {
    app.add_option_function<std::string>(
           name,
           [&value, name, least, most](const std::string& typed) {
             long number = 0;
             const auto [end, error] = std::from_chars(typed.data(), typed.data() + typed.size(), number);
             if (end != typed.data() + typed.size() || error == std::errc::invalid_argument) {
               throw CLI::ValidationError(fmt::format("`{}` takes a number, not `{}`", name, typed));
             }
             if (error != std::errc() || number < least || number > most) {
               throw CLI::ValidationError(
                   fmt::format("`{}` takes a number from {} to {}, not `{}`", name, least, most, typed));
             }
             value = static_cast<Number>(number);
           },
           does)
        ->type_name("N");
  }

  /// `goes_to`: "stdout", or where a command has the forms for programs that has data of its own there.
  void add_diagnostic_options(CLI::App& app, ReportOptions& options, const std::string& goes_to) {
    add_words(app, "--format", "FORMAT", options.format,
              "diagnostics as human, short, json, sarif or github; the last three on " + goes_to);
    app.add_flag("--strict", options.strict, "warnings fail like errors");
    add_number(app, "--max-errors", options.max_errors, 0, 1'000'000,
               "print at most N diagnostics (default 50; 0: all)");
    add_words(app, "--color", "WHEN", environment_.color, "auto (default: on a terminal), always or never");
  }

  /// Of commands that load a graph file. `quiet`: what -q leaves out.
  void add_load_options(CLI::App& app, LoadOptions& options, const std::string& quiet = "say nothing about warnings") {
    app.add_flag("-q,--quiet", options.report.quiet, quiet);
    app.add_flag("-v,--verbose", options.report.verbose, "also say which files were read");
    add_file_options(app, options);
  }

  void add_file_options(CLI::App& app, LoadOptions& options) {
    app.add_option("-f,--file", options.overlays, "an overlay: changes definitions of the file (again for more)")
        ->type_name("FILE")
        ->allow_extra_args(false);
    add_diagnostic_options(app, options.report, "stdout");
  }

  void add_output_option(CLI::App& app, DataFormat& output) {
    add_words(app, "-o,--output", "FORMAT", output, "data as table (default), json or yaml");
  }

  static void add_gpus_option(CLI::App& app, LoadOptions& options) {
    app.add_option("--gpus", options.gpus, "the pool of GPUs, as in 0,2-3 (default: CUDA_VISIBLE_DEVICES, else all)")
        ->type_name("LIST");
  }

  static void add_env_file_option(CLI::App& app, LoadOptions& options) {
    app.add_option("--env-file", options.env_file, "lines NAME=VALUE for variables that are not set")
        ->type_name("FILE");
  }

  /// TARGET and what follows it.
  static CLI::Option* add_target(CLI::App& app, LoadOptions& options, bool required) {
    CLI::Option* option = app.add_option("TARGET", options.arguments, "")->type_name("");
    option->transform([](const std::string& word) { return word.starts_with(stdin_mark) ? word.substr(1) : word; }, "");
    return required ? option->required() : option;
  }

  /// `-:NAME`, the graph NAME of standard input, looks like a short option: the parser sees it with a mark in front of
  /// it, which add_target() takes off again.
  void mark_stdin_targets(std::vector<std::string>& words) const {
    const auto is_called = [&](const auto& one) {
      const std::string& name = one.second;
      return name.starts_with("graph ") ? words.size() > 1 && words[0] == "graph" && words[1] == name.substr(6)
                                        : !words.empty() && words[0] == name;
    };
    const auto found = std::find_if(commands_.begin(), commands_.end(), is_called);
    if (found == commands_.end() || found->first->get_option_no_throw("TARGET") == nullptr) return;
    const auto takes_value = [&](const std::string& word) {
      const CLI::Option* option = word.starts_with('-') ? found->first->get_option_no_throw(word) : nullptr;
      return option != nullptr && !option->get_type_name().empty();
    };
    for (std::size_t at = 1; at < words.size() && words[at] != "--"; ++at) {
      if (words[at].starts_with("-:") && !takes_value(words[at - 1])) words[at].insert(0, 1, stdin_mark);
    }
  }

  // ---- the commands -----------------------------------------------------------------------------------------

  void add_serve() {
    LoadOptions& load = serve_.plan.planning.load;
    CLI::App& app = add_command(app_, "serve", "serve", [this] { return run_serve(serve_, environment_); });
    add_target(app, load, true);
    add_gpus_option(app, load);
    add_env_file_option(app, load);
    app.add_option("--host", serve_.host, "address that the entry listens on (default 127.0.0.1)")->type_name("HOST");
    add_number(app, "--port", serve_.plan.planning.entry_port, 1, 65535, "port of the entry");
    auto* dry_run = app.add_flag("--dry-run", serve_.dry_run, "print the plan and start nothing (as `graph plan`)");
    add_words(app, "--log-format", "FORMAT", serve_.log_format, "pretty (default), or json: one object per line");
    add_limit(app, "--log-size", "SIZE", serve_.logs.file_bytes, parse_size, "a size such as 64Mi",
              "turn a replica's log file over at this size (default 64Mi, 0: never)");
    add_limit(app, "--log-age", "TIME", serve_.logs.age, parse_duration, "a time such as 24h",
              "and when it is that old (default 0: never)");
    add_limit(app, "--log-total", "SIZE", serve_.logs.total_bytes, parse_size, "a size such as 4Gi",
              "remove the oldest logs of the run beyond this (default 4Gi, 0: never)");
    app.add_flag("-q,--quiet", serve_.quiet, "only problems of the run and what the replicas write");
    app.add_flag("-v,--verbose", serve_.verbose, "also which files were read, what is waited for, and process ids");
    add_words(app, "-o,--output", "FORMAT", serve_.plan.output, "with --dry-run: table (default), json or yaml");
    app.get_option("-o")->needs(dry_run);
    add_file_options(app, load);
  }

  void add_ps() {
    CLI::App& app = add_command(app_, "ps", "ps", [this] { return run_ps(ps_, environment_); });
    app.add_flag("-a,--all", ps_.all, "also runs that have ended");
    app.add_flag("-q,--quiet", ps_.quiet, "say nothing where nothing runs");
    add_output_option(app, ps_.output);
    add_words(app, "--color", "WHEN", environment_.color, "auto (default: on a terminal), always or never");
  }

  void add_import() {
    CLI::App& app = add_command(app_, "import", "import", [this] { return run_import(import_, environment_); });
    app.add_option("FILE", import_.file, "")->required()->type_name("");
    app.add_flag("-q,--quiet", import_.report.quiet, "say nothing about what is kept or changed");
    add_diagnostic_options(app, import_.report, "stderr");
  }

  void add_completion() {
    CLI::App& app =
        add_command(app_, "completion", "completion", [this] { return run_completion(completion_, environment_); });
    app.add_option("SHELL", completion_.shell, "")->required()->type_name("");
  }

  void add_validate() {
    CLI::App& app =
        add_command(*graph_, "validate", "graph validate", [this] { return run_validate(validate_, environment_); });
    add_target(app, validate_.load, false);
    app.add_flag("--env", validate_.load.check_environment, "also check that every ${env.NAME} is set");
    add_env_file_option(app, validate_.load);
    app.add_option("--gpus", validate_.load.gpus, "also check the placement on these GPUs, as in 0,2-3")
        ->type_name("LIST");
    app.add_flag("--fix", validate_.fix, "mend what is certain in the files themselves, then tell what is left");
    add_load_options(app, validate_.load, "only errors: no warnings, no summary, nothing about a good file");
  }

  ExitCode list() {
    const std::vector<std::string>& words = list_.load.arguments;
    if (words.size() < 2) return run_list(list_, environment_);
    return refuse_words(
        typed_,
        {ExitCode::WrongUsage, fmt::format("`dynamo graph list` takes one TARGET, and `{}` is a second one", words[1])},
        environment_);
  }

  void add_list() {
    CLI::App& app = add_command(*graph_, "list", "graph list", [this] { return list(); });
    add_target(app, list_.load, false);
    app.add_flag("--specs", list_.kinds.specs, "its specs with their slots, defaults and params");
    app.add_flag("--components", list_.kinds.components, "its components: what they implement and need");
    app.add_flag("--interfaces", list_.kinds.interfaces, "its interfaces, and the components that implement them");
    add_output_option(app, list_.output);
    add_load_options(app, list_.load);
  }

  void add_show() {
    CLI::App& app = add_command(*graph_, "show", "graph show", [this] { return run_show(show_, environment_); });
    add_target(app, show_.load, true);
    app.add_flag("--origins", show_.origins, "for each value who set it, where, and whom it beat");
    add_output_option(app, show_.output);
    add_load_options(app, show_.load);
  }

  void add_plan() {
    LoadOptions& load = plan_.planning.load;
    CLI::App& app = add_command(*graph_, "plan", "graph plan", [this] { return run_plan(plan_, environment_); });
    add_target(app, load, true);
    add_gpus_option(app, load);
    add_env_file_option(app, load);
    add_output_option(app, plan_.output);
    add_load_options(app, load);
  }

  void add_plot() {
    CLI::App& app = add_command(*graph_, "plot", "graph plot", [this] { return run_plot(plot_, environment_); });
    add_target(app, plot_.load, true);
    add_words(app, "-o,--output", "FORMAT", plot_.output, "mermaid (default), dot, or svg: drawn by Graphviz's `dot`");
    add_load_options(app, plot_.load, "say nothing about warnings, nor that `dot` is drawing");
  }

  void add_diff() {
    CLI::App& app = add_command(*graph_, "diff", "graph diff", [this] { return run_diff(diff_, environment_); });
    add_target(app, diff_.load, true);
    add_words(app, "-o,--output", "FORMAT", diff_.output, "text (default), json or yaml");
    add_load_options(app, diff_.load);
  }

  void add_fmt() {
    CLI::App& app = add_command(*graph_, "fmt", "graph fmt", [this] { return run_fmt(fmt_, environment_); });
    app.add_option("FILE", fmt_.files, "")->type_name("");
    app.add_flag("--check", fmt_.check, "write nothing; name the files that would change, exit 1 if there are any");
    app.add_flag("--diff", fmt_.diff, "write nothing; show what would change");
    app.add_flag("-q,--quiet", fmt_.quiet, "do not tell which files were changed");
    add_words(app, "--color", "WHEN", environment_.color, "auto (default: on a terminal), always or never");
  }

  void add_explain() {
    CLI::App& app =
        add_command(*graph_, "explain", "graph explain", [this] { return run_explain(explain_, environment_); });
    app.add_option("CODE", explain_.codes, "")->type_name("");
    add_words(app, "--color", "WHEN", environment_.color, "auto (default: on a terminal), always or never");
  }

  void add_schema() {
    CLI::App& app =
        add_command(*graph_, "schema", "graph schema", [this] { return run_schema(schema_, environment_); });
    app.add_flag("--overlay", schema_.overlay, "of an overlay (-f FILE) instead of a graph file");
  }

  void add_lsp() {
    lsp_.version = version;
    CLI::App& app = add_command(*graph_, "lsp", "graph lsp", [this] { return run_lsp(lsp_, environment_); });
    app.add_flag("--stdio", lsp_.stdio, "speak over stdin and stdout, which it always does (some editors pass this)");
  }

  /// What the parser knows, for completion and the manual.
  [[nodiscard]] CommandLineModel model() const {
    CommandLineModel result = {{"", options_of(app_)}, {"graph", options_of(*graph_)}};
    for (const auto& [command, name] : commands_) result.push_back({name, options_of(*command)});
    return result;
  }

  /// What can be said without parsing: reserved and unknown commands.
  std::optional<ExitCode> look_at_command(const std::vector<std::string>& arguments) {
    const bool in_graph = !arguments.empty() && arguments.front() == "graph";
    const std::size_t at = in_graph ? 1 : 0;
    if (arguments.size() <= at || arguments[at].starts_with('-')) return std::nullopt;
    const std::string& typed = arguments[at];
    if (!in_graph && typed == "deploy") {
      return fail(
          environment_, ExitCode::WrongUsage,
          "`dynamo deploy` is reserved for putting graphs on a cluster; `dynamo serve` runs them on this machine");
    }
    std::vector<std::string_view> known;
    for (const CommandHelp& command : command_helps()) {
      const bool inside = command.name.starts_with("graph ");
      if (inside == in_graph) known.push_back(inside ? command.name.substr(6) : command.name);
    }
    if (!in_graph) known.push_back("graph");
    if (std::find(known.begin(), known.end(), typed) != known.end()) return std::nullopt;
    fail(environment_, ExitCode::WrongUsage, unknown_command_words(arguments));
    environment_.complain(fmt::format("`dynamo {}--help` lists the commands\n", in_graph ? "graph " : ""));
    return ExitCode::WrongUsage;
  }

  /// The name of the command that was being parsed, "" for none, "graph" for the group.
  [[nodiscard]] std::string parsed_name() const {
    for (const auto& [command, name] : commands_) {
      if (command->parsed()) return name;
    }
    return graph_->parsed() ? "graph" : "";
  }

  /// The help of the command that was being parsed.
  [[nodiscard]] std::string screen() const {
    for (const auto& [command, name] : commands_) {
      if (command->parsed()) return command_screen(command_help(name), option_helps(*command));
    }
    return graph_->parsed() ? graph_screen() : first_screen();
  }

  std::vector<OptionModel> options_of(const CLI::App& command) const {
    std::vector<OptionModel> result;
    for (const CLI::Option* option : command.get_options()) {
      if (option->get_group().empty() || option->get_positional()) continue;
      OptionModel one;
      for (const std::string& name : option->get_snames()) one.names.push_back("-" + name);
      for (const std::string& name : option->get_lnames()) one.names.push_back("--" + name);
      one.value = option->get_type_name();
      one.does = option->get_description();
      const auto words = word_lists_.find(option);
      if (words != word_lists_.end()) one.words = {words->second.begin(), words->second.end()};
      result.push_back(std::move(one));
    }
    return result;
  }

  std::vector<OptionHelp> option_helps(const CLI::App& command) const {
    std::vector<OptionHelp> result;
    for (const OptionModel& option : options_of(command)) {
      std::string names = fmt::format("{}", fmt::join(option.names, ", "));
      if (!option.value.empty()) names += " " + option.value;
      result.push_back({(names.starts_with("--") ? "    " : "") + names, option.does});
    }
    return result;
  }

  /// What no command took, as far as the parser came.
  [[nodiscard]] std::vector<std::string> unexpected() const {
    std::vector<std::string> result = app_.remaining();
    const auto add = [&](const CLI::App& app) {
      const std::vector<std::string> words = app.remaining();
      result.insert(result.end(), words.begin(), words.end());
    };
    add(*graph_);
    for (const auto& [command, name] : commands_) {
      if (command->parsed()) add(*command);
    }
    std::erase(result, "--");
    return result;
  }

  ExitCode refuse(const CLI::ParseError& error) {
    constexpr std::size_t most = 4;
    const std::string name = parsed_name();
    const CommandLineModel commands = model();
    const std::string kind = error.get_name();
    const std::vector<std::string> sentences = usage_words({.typed = typed_,
                                                            .command = name,
                                                            .model = commands,
                                                            .unexpected = unexpected(),
                                                            .kind = kind,
                                                            .sentence = error.what()});
    refuse_words(typed_, {ExitCode::WrongUsage, sentences.front()}, environment_);
    for (std::size_t index = 1; index < std::min(most, sentences.size()); ++index) {
      fail(environment_, ExitCode::WrongUsage, sentences[index]);
    }
    if (sentences.size() > most) environment_.complain(fmt::format("… and {} more\n", sentences.size() - most));
    environment_.complain(fmt::format("`dynamo {}{}--help` shows how it is used\n", name, name.empty() ? "" : " "));
    return ExitCode::WrongUsage;
  }

  Environment& environment_;
  CLI::App app_{"", "dynamo"};
  CLI::App* graph_ = nullptr;
  std::vector<std::pair<const CLI::App*, std::string>> commands_;
  /// The words that an option takes, for completion; the parser does not keep them.
  std::map<const CLI::Option*, std::span<const std::string_view>> word_lists_;
  std::function<ExitCode()> action_;
  std::vector<std::string> typed_;
  bool help_ = false;
  bool version_ = false;
  ServeOptions serve_;
  PsOptions ps_;
  ImportOptions import_;
  ValidateOptions validate_;
  ListOptions list_;
  ShowOptions show_;
  PlanOptions plan_;
  CompletionOptions completion_;
  PlotOptions plot_;
  DiffOptions diff_;
  FmtOptions fmt_;
  ExplainOptions explain_;
  SchemaOptions schema_;
  LspOptions lsp_;
};

}  // namespace

ExitCode run_cli(const std::vector<std::string>& arguments, Environment& environment) {
  const auto broke = [&](std::string sentence) {
    return refuse_words(arguments, {ExitCode::CouldNot, std::move(sentence)}, environment);
  };
  ExitCode code = ExitCode::Good;
  try {
    code = CommandLine(environment).run(arguments);
  } catch (const std::exception& error) {
    code = broke(fmt::format("internal error: {}; please report it", error.what()));
  } catch (...) {
    code = broke("internal error of an unknown kind; please report it");
  }
  return after_output(code, environment);
}

bool needs_guardian(int count, const char* const* words) {
  if (count < 2 || std::strcmp(words[1], "serve") != 0) return false;
  constexpr std::array<const char*, 3> harmless = {"--dry-run", "--help", "-h"};
  for (int index = 2; index < count; ++index) {
    for (const char* word : harmless) {
      if (std::strcmp(words[index], word) == 0) return false;
    }
  }
  return true;
}

}  // namespace dynamo
