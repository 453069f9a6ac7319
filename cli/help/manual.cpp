#include "cli/help/manual.h"

#include "graph_loader/spec/grammar.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace dynamo {
namespace {

/// Plain text in the language of `man`: hyphens that can be typed, no line that looks like a request.
std::string roff(std::string_view text) {
  std::string result;
  bool line_start = true;
  for (const char letter : text) {
    if (line_start && (letter == '.' || letter == '\'')) result += "\\&";
    line_start = letter == '\n';
    switch (letter) {
      case '\\': result += "\\e"; break;
      case '-': result += "\\-"; break;
      default: result += letter;
    }
  }
  return result;
}

/// Prose with words between backticks in bold.
std::string prose(std::string_view text) {
  std::string result;
  bool inside = false;
  std::string part;
  const auto flush = [&] {
    result += inside ? "\\fB" + roff(part) + "\\fR" : roff(part);
    part.clear();
  };
  for (const char letter : text) {
    if (letter == '`') {
      flush();
      inside = !inside;
    } else {
      part += letter;
    }
  }
  flush();
  return result;
}

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& letter : result) letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  return result;
}

std::string head(std::string_view name, int section, std::string_view version, std::string_view title) {
  return fmt::format(".TH {} {} \"\" \"dynamo {}\" \"{}\"\n.nh\n.ad l\n", upper(name), section, version, title);
}

std::string section(std::string_view title) { return fmt::format(".SH {}\n", title); }

std::string item(std::string_view what, std::string_view text) {
  return fmt::format(".TP\n\\fB{}\\fR\n{}\n", roff(what), prose(text));
}

std::string option_names(const OptionModel& option) {
  std::string names;
  for (const std::string& name : option.names) names += (names.empty() ? "" : ", ") + name;
  return option.value.empty() ? names : names + " " + option.value;
}

std::string command(const CommandHelp& help, const CommandLineModel& model) {
  std::string result =
      fmt::format(".SS dynamo {}{}{}\n", roff(help.name), help.synopsis.empty() ? "" : " ", roff(help.synopsis));
  std::string summary(help.summary);
  summary.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(summary.front())));
  result += prose(summary) + ".\n" + (help.about.empty() ? "" : ".PP\n" + prose(help.about));
  const auto found =
      std::find_if(model.begin(), model.end(), [&](const CommandModel& one) { return one.name == help.name; });
  if (found != model.end()) {
    for (const OptionModel& option : found->options) result += item(option_names(option), option.does);
  }
  result += ".PP\nExamples:\n";
  for (const Example& example : help.examples) result += item(example.line, example.does);
  return result;
}

// ---- the language ----------------------------------------------------------------------------------------

std::string_view words_for(grammar::Leaf leaf) {
  switch (leaf) {
    case grammar::Leaf::Version: return "the version";
    case grammar::Leaf::Doc:
    case grammar::Leaf::Text:
    case grammar::Leaf::PlainText:
    case grammar::Leaf::Variable: return "text";
    case grammar::Leaf::Path: return "a path";
    case grammar::Leaf::Name: return "a name";
    case grammar::Leaf::Word: return "a word";
    case grammar::Leaf::Boolean: return "true or false";
    case grammar::Leaf::True: return "true";
    case grammar::Leaf::Integer: return "a number";
    case grammar::Leaf::Port: return "a port or auto";
    case grammar::Leaf::Replicas: return "a number or range";
    case grammar::Leaf::Cpus: return "a number";
    case grammar::Leaf::Memory: return "a size";
    case grammar::Leaf::CountLimit: return "a number or unlimited";
    case grammar::Leaf::ByteLimit: return "a size or unlimited";
    case grammar::Leaf::Duration: return "a duration";
    case grammar::Leaf::Regex: return "an expression";
    case grammar::Leaf::Signature: return "a signature";
    case grammar::Leaf::ClientType: return "a type";
    case grammar::Leaf::Slot: return "a slot";
    case grammar::Leaf::ParamType: return "a param";
    case grammar::Leaf::ParamValue: return "a value";
    case grammar::Leaf::Interface: return "an interface";
    case grammar::Leaf::Component: return "a component";
    case grammar::Leaf::Bound: return "a component or none";
    case grammar::Leaf::Spec: return "a spec";
    case grammar::Leaf::Graph: return "a graph";
    case grammar::Leaf::SlotName: return "a slot";
    case grammar::Leaf::PortName: return "an endpoint or port";
    case grammar::Leaf::WireTarget: return "a slot, none or a URL";
  }
  return {};
}

std::string form_of(const grammar::Value& value) {
  switch (value.kind) {
    case grammar::Value::Kind::Leaf: {
      if (value.words.empty()) return std::string(words_for(value.leaf));
      std::string words;
      for (const std::string_view word : value.words) words += (words.empty() ? "" : " | ") + std::string(word);
      return words;
    }
    case grammar::Value::Kind::List: return fmt::format("[{}, ...]", form_of(*value.item));
    case grammar::Value::Kind::Mapping: return fmt::format("{{keys of {}}}", value.mapping->title);
    case grammar::Value::Kind::Table: return fmt::format("{{NAME: {}}}", form_of(*value.item));
    case grammar::Value::Kind::OneOf: {
      std::string forms;
      for (const grammar::Value& choice : value.choices) forms += (forms.empty() ? "" : ", or ") + form_of(choice);
      return forms;
    }
  }
  return {};
}

std::string mapping(const grammar::Mapping& one) {
  std::string title(one.title);
  title.erase(std::remove(title.begin(), title.end(), '`'), title.end());
  std::string result = fmt::format(".SS The keys of {}\n", roff(title));
  for (const grammar::Key& key : one.keys) {
    result += fmt::format(".TP\n\\fB{}\\fR: {}\n{}\n", roff(key.name), prose(form_of(key.value)), prose(key.doc));
  }
  return result;
}

constexpr std::string_view example = R"(apiVersion: dynamo/v1
interfaces:
  Frontend: {endpoints: [chat]}
  Backend: {endpoints: [generate]}
components:
  HttpFrontend:
    implements: [Frontend]
    command: [my\-frontend, \-\-backend, "${clients.backend}"]
    endpoints: {chat: {port: 8000}}
    clients: {backend: Backend}
  MockBackend: {implements: [Backend], command: [my\-mock], endpoints: [generate]}
specs:
  LLM:
    entry: frontend
    slots: {frontend: Frontend = HttpFrontend, backend: Backend = MockBackend}
graphs:
  chat: {spec: LLM, bind: {backend: {replicas: 2}}}
)";

}  // namespace

std::string command_manual(const CommandLineModel& model, std::string_view version) {
  std::string result = head("dynamo", 1, version, "User Commands");
  result += section("NAME") + "dynamo \\- serve graphs of processes\n";
  result += section("SYNOPSIS") + ".B dynamo\nCOMMAND [options]\n";
  result += section("DESCRIPTION") +
            prose(
                "`dynamo` serves graphs of processes: it starts them in order, connects them, "
                "watches and restarts them, and stops them without leaving anything behind. What a graph is stands in "
                "a file, see "
                "`dynamo-graph(5)`.") +
            "\n";
  result += section("COMMANDS");
  for (const CommandHelp& help : command_helps()) result += command(help, model);
  result += section("EXIT STATUS");
  for (const auto& [code, meaning] : std::initializer_list<std::pair<const char*, const char*>>{
           {"0", "valid; completed; stopped on request"},
           {"1", "the graph file has errors (with `--strict`: or warnings)"},
           {"2", "wrong usage"},
           {"3", "could not do the job: a file that cannot be read, an internal error"},
           {"4", "the graph did not become ready, or ports, GPUs or programs were missing at the start"},
           {"5", "a slot failed after the graph was ready, or a sidecar that stops the graph did"},
           {"130, 143", "ended by SIGINT (Ctrl-C), SIGTERM"}}) {
    result += item(code, meaning);
  }
  result += section("ENVIRONMENT");
  result += item("CUDA_VISIBLE_DEVICES", "the pool of GPUs, if `--gpus` does not name one");
  result += item("NO_COLOR", "if it is set, nothing is coloured");
  result += item("XDG_STATE_HOME", "runs are kept below its folder `dynamo/runs` (default: ~/.local/state)");
  result += item("XDG_RUNTIME_DIR", "sockets are made below its folder `dynamo`");
  result += section("SEE ALSO") + ".BR dynamo\\-graph (5)\n";
  return result;
}

std::string language_manual(std::string_view version) {
  std::string result = head("dynamo-graph", 5, version, "File Formats");
  result += section("NAME") + "dynamo\\-graph \\- the graph language dynamo/v1\n";
  result += section("DESCRIPTION") +
            prose(
                "A graph file is YAML. An `interface` is a set of endpoints. A `component` is a program: it implements "
                "interfaces, names the clients that it needs, and says how it runs. A `spec` declares typed slots with "
                "defaults, like a class. A `graph` binds components to the slots of a spec, tunes them, and may add "
                "sidecars. Who talks to whom follows from the types.") +
            "\n";
  result += section("EXAMPLE") + ".nf\n" + std::string(example) + ".fi\n";
  result += section("SHORT FORMS");
  result +=
      item("[optional] [many] TYPE [= COMPONENT, ...]", "a slot: a place for a component of a type, with its default");
  result += item("[optional] [many] TYPE", "a client: what a component needs");
  result += item("string | int | number | bool | duration | size | enum(a|b) [= DEFAULT]", "a param");
  result += item("[stream] MESSAGE -> [stream] MESSAGE", "a signature: what goes in and out");
  result += item("500ms, 30s, 10m, 1h", "durations");
  result += item("512Mi, 32Gi, 64G", "sizes");
  result += item(
      "${SCOPE.NAME}, ${SCOPE.NAME:-text}, ${SCOPE.NAME:?text}",
      "a reference, with a text for a value that is not set, or an error. The scopes are `params`, `graph`, `env`, "
      "`self` and `clients`. `$$` is a dollar sign.");
  result += section("KEYS");
  result += prose("Keys that begin with `x-` are ignored.") + "\n";
  for (const grammar::Mapping* one : grammar::mappings()) {
    if (one != &grammar::overlay) result += mapping(*one);
  }
  result += section("OVERLAYS") +
            prose(
                "A file given with `-f` changes definitions of a graph file and its imports: mappings merge per key, "
                "lists and "
                "single values replace, an empty value deletes its key. It adds no definitions.") +
            "\n";
  result += section("SEE ALSO") + ".BR dynamo (1)\n";
  return result;
}

}  // namespace dynamo
