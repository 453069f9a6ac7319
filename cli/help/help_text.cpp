#include "cli/help/help_text.h"

#include "proto/check.h"

#include <fmt/format.h>

#include <algorithm>

namespace dynamo {
namespace {

constexpr std::string_view target_words =
    "TARGET is FILE:NAME, FILE (its only graph), or NAME (in ./graph.yaml); FILE may be -.\n"
    "OVERRIDE changes the graph for this call: SLOT=COMPONENT, SLOT=none or ~SLOT,\n"
    "SLOT.KEY=VALUE, PARAM=VALUE.\n";

std::string left_and_right(const std::vector<OptionHelp>& lines, std::size_t least) {
  std::size_t width = least;
  for (const OptionHelp& line : lines) width = std::max(width, line.names.size());
  std::string result;
  for (const OptionHelp& line : lines) result += fmt::format("  {:<{}}  {}\n", line.names, width, line.does);
  return result;
}

std::string commands_of(std::string_view group) {
  std::vector<OptionHelp> lines;
  for (const CommandHelp& command : command_helps()) {
    const bool inside = command.name.starts_with("graph ");
    if (group.empty() || inside) lines.push_back({std::string(command.name), std::string(command.summary)});
  }
  return left_and_right(lines, 14);
}

}  // namespace

const std::vector<CommandHelp>& command_helps() {
  static const std::vector<CommandHelp> commands = {
      {"serve",
       "TARGET [OVERRIDE...]",
       "start a graph, show what happens, stop it on Ctrl-C",
       target_words,
       {{"dynamo serve graph.yaml:fast_agg", "serves the graph `fast_agg` until Ctrl-C"},
        {"dynamo serve graph.yaml:fast_agg backend.replicas=2 --port 9000",
         "the same with two replicas in the slot `backend`, and the entry on port 9000"}}},
      {"ps",
       "",
       "what runs: graphs, their replicas, addresses and restarts",
       "Shows the runs of this user on this machine.\n",
       {{"dynamo ps", "one table per running graph"}, {"dynamo ps -o json", "the same facts for programs"}}},
      {"import",
       "FILE",
       "a DynamoGraphDeployment of Kubernetes as a graph file",
       "Reads the manifests in FILE (- is standard input), v1alpha1 and v1beta1, and writes a graph\n"
       "file to stdout. What has no equivalent on one machine is kept under `x-kubernetes` and told.\n",
       {{"dynamo import deploy.yaml > graph.yaml", "writes the graph file, and tells on stderr what it keeps"},
        {"dynamo import deploy.yaml | dynamo graph validate -", "checks what would be written"}}},
      {"completion",
       "bash|zsh|fish",
       "a script that lets a shell complete commands, files, graphs and overrides",
       "It completes from the graph file on the line: names of graphs, slots, their keys, components, params.\n",
       {{"source <(dynamo completion bash)", "for this shell; the line belongs into ~/.bashrc"},
        {"dynamo completion fish > ~/.config/fish/completions/dynamo.fish", "for fish, once"}}},
      {"graph validate",
       "[TARGET [OVERRIDE...]]",
       "find every mistake in a file; needs no GPU, network or variables",
       target_words,
       {{"dynamo graph validate graph.yaml", "checks everything in the file"},
        {"dynamo graph validate graph.yaml:fast_agg --format json", "checks one graph, for programs"},
        {"dynamo graph validate graph.yaml --fix", "mends what is certain, and tells what is left"}}},
      {"graph list",
       "[TARGET]",
       "the graphs and specs of a file",
       "TARGET is FILE (- is standard input; ./graph.yaml if it is not given), or FILE:NAME: only that\n"
       "graph or spec.\n",
       {{"dynamo graph list graph.yaml", "one line per graph, one per spec"},
        {"dynamo graph list graph.yaml -o json", "the same facts for programs"}}},
      {"graph show",
       "TARGET [OVERRIDE...]",
       "one graph resolved: slots, params, and who talks to whom, and why",
       target_words,
       {{"dynamo graph show graph.yaml:fast_agg", "its slots and connections"},
        {"dynamo graph show graph.yaml:fast_agg -o yaml", "with command, environment and policies of each slot"}}},
      {"graph plan",
       "TARGET [OVERRIDE...]",
       "what `serve` would start: processes, order, GPUs, ports",
       target_words,
       {{"dynamo graph plan graph.yaml:disagg --gpus 0-7", "the processes on a machine with 8 GPUs"},
        {"dynamo graph plan graph.yaml:disagg -o json", "with commands and environment, for programs"}}},
      {"graph plot",
       "TARGET [OVERRIDE...]",
       "a picture of a graph: Mermaid for GitHub, DOT, or SVG",
       target_words,
       {{"dynamo graph plot graph.yaml:fast_agg", "a flowchart for a ```mermaid block of a page on GitHub"},
        {"dynamo graph plot graph.yaml:fast_agg -o svg > fast_agg.svg", "drawn by Graphviz, if it is installed"}}},
      {"graph diff",
       "TARGET [TARGET | OVERRIDE...]",
       "what would change for a running graph that becomes another one",
       "Compares two graphs, or one graph without and with overlays (-f) and overrides. With two\n"
       "targets an overlay is laid over both.\n"
       "TARGET is FILE:NAME, FILE (its only graph), or NAME (in ./graph.yaml); FILE may be -.\n"
       "Exit status: 0 no differences, 1 differences, 2 wrong usage, 3 something is wrong with a file.\n",
       {{"dynamo graph diff graph.yaml:fast_agg graph.yaml:slow_agg", "what is different between two graphs"},
        {"dynamo graph diff graph.yaml:disagg -f prod.yaml", "what an overlay changes"}}},
      {"graph fmt",
       "[FILE | FOLDER]...",
       "rewrite graph files in their one canonical form",
       "Changes the files in place and says which. Comments and the order of your own names stay.\n"
       "FILE is ./graph.yaml if it is not given; - reads standard input and writes to stdout.\n"
       "FOLDER stands for all graph files (*.yaml, *.yml) below it.\n",
       {{"dynamo graph fmt graph.yaml prod.yaml", "formats two files"},
        {"dynamo graph fmt .", "formats all graph files below the current folder"},
        {"dynamo graph fmt --check --diff graph.yaml", "shows what would change, and fails if there is anything"}}},
      {"graph explain",
       "[CODE...]",
       "what a diagnostic means, with a wrong and a right example",
       "CODE stands in brackets behind `error`: DG0401, dg0401 or 401. DG04 lists the codes that\n"
       "begin so, and no CODE all of them.\n",
       {{"dynamo graph explain DG0401", "why a component does not fit its slot"},
        {"dynamo graph explain", "every code and what it says"}}},
      {"graph schema",
       "",
       "the graph language as a JSON Schema, for editors",
       "A JSON Schema (draft 2020-12): with it an editor completes keys and marks what cannot be right.\n",
       {{"dynamo graph schema > dynamo.schema.json", "writes the schema of a graph file"},
        {"dynamo graph schema --overlay > overlay.schema.json", "the same for overlays (-f FILE)"}}},
      {"graph lsp",
       "",
       "the language server for editors: mistakes, hints and names as you type",
       "Speaks the Language Server Protocol on stdin and stdout until the editor ends it.\n"
       "Neovim, VS Code, Helix and Emacs are told to start it for YAML files.\n",
       {{"dynamo graph lsp", "what an editor starts; it waits for the editor's first message"},
        {"vim.lsp.start({name = 'dynamo', cmd = {'dynamo', 'graph', 'lsp'}})", "in Neovim: starts it for a buffer"}}},
  };
  return commands;
}

const CommandHelp& command_help(std::string_view name) {
  const auto found = std::find_if(command_helps().begin(), command_helps().end(),
                                  [&](const CommandHelp& command) { return command.name == name; });
  DYNAMO_CHECK(found != command_helps().end(), "every command has a help text");
  return *found;
}

std::string command_screen(const CommandHelp& command, const std::vector<OptionHelp>& options) {
  std::string result = fmt::format("dynamo {}: {}\n\n", command.name, command.summary);
  result += fmt::format("  dynamo {}{}{} [options]\n\n{}", command.name, command.synopsis.empty() ? "" : " ",
                        command.synopsis, command.about);
  result += "\nExamples\n";
  for (const Example& example : command.examples) result += fmt::format("  {}\n      {}\n", example.line, example.does);
  return result + "\nOptions\n" + left_and_right(options, 0);
}

std::string first_screen() {
  return "dynamo serves graphs of processes: it starts them in order, connects them, watches\n"
         "and restarts them, and stops them without leaving anything behind.\n\n"
         "  dynamo serve graph.yaml:fast_agg       start a graph; Ctrl-C stops it\n"
         "  dynamo graph validate graph.yaml       find every mistake in a file\n"
         "  dynamo graph plan graph.yaml:fast_agg  what would start, where and in which order\n\n"
         "Commands\n" +
         commands_of("") +
         "\n"
         "`dynamo COMMAND --help` shows examples and options. `dynamo --version` tells the version.\n";
}

std::string graph_screen() {
  return "dynamo graph: look at graph files before anything starts\n\nCommands\n" + commands_of("graph") +
         "\n"
         "Examples\n"
         "  dynamo graph list graph.yaml\n"
         "      the graphs of a file\n"
         "  dynamo graph plan graph.yaml:fast_agg\n"
         "      what `dynamo serve graph.yaml:fast_agg` would start\n";
}

}  // namespace dynamo
