#include "cli/help/manual.h"

#include "graph_loader/spec/grammar.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <vector>

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

/// On lines of at most 78 bytes; `man` fills them anew. A line that began with a dot would be a request.
std::string on_short_lines(std::string_view text) {
  constexpr std::size_t longest = 78;
  std::string result;
  std::size_t column = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(" \n"), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    const bool fits = column + 1 + word.size() <= longest || word.starts_with('.') || word.starts_with('\'');
    if (column > 0) result += fits ? ' ' : '\n';
    column = fits ? column + 1 + word.size() : word.size();
    result += word;
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
  return on_short_lines(result);
}

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& letter : result) letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  return result;
}

std::string head(std::string_view name, int section, std::string_view version, std::string_view title) {
  return fmt::format(".TH {} {} {} \"dynamo {}\" \"{}\"\n.nh\n.ad l\n", upper(name), section, DYNAMO_DATE, version,
                     title);
}

std::string section(std::string_view title) { return fmt::format(".SH {}\n", title); }

struct Item {
  std::string_view what;
  std::string_view text;
};

std::string item(std::string_view what, std::string_view text) {
  return fmt::format(".TP\n\\fB{}\\fR\n{}\n", roff(what), prose(text));
}

std::string items(std::initializer_list<Item> list) {
  std::string result;
  for (const Item& one : list) result += item(one.what, one.text);
  return result;
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
  result += prose(summary) + ".\n" + (help.about.empty() ? "" : ".PP\n" + prose(help.about) + "\n");
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

/// `endpoints` of a component and of a binding have other keys.
std::string title_of(const grammar::Mapping& mapping) {
  std::string title(&mapping == &grammar::binding_endpoint ? "an endpoint of a binding" : mapping.title);
  title.erase(std::remove(title.begin(), title.end(), '`'), title.end());
  return title;
}

std::string_view word_for(grammar::KeyForm form) {
  switch (form) {
    case grammar::KeyForm::Name: return "NAME";
    case grammar::KeyForm::Variable: return "VARIABLE";
    case grammar::KeyForm::Wire: return "SLOT.CLIENT";
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
    case grammar::Value::Kind::Mapping: return fmt::format("{{keys of {}}}", title_of(*value.mapping));
    case grammar::Value::Kind::Table: return fmt::format("{{{}: {}}}", word_for(value.key_form), form_of(*value.item));
    case grammar::Value::Kind::OneOf: {
      std::string forms;
      for (const grammar::Value& choice : value.choices) forms += (forms.empty() ? "" : ", or ") + form_of(choice);
      return forms;
    }
  }
  return {};
}

bool is_required(const grammar::Key& key, const grammar::Mapping& mapping) {
  return std::any_of(mapping.rules.begin(), mapping.rules.end(), [&](const grammar::Rule& rule) {
    return rule.kind == grammar::Rule::Kind::AllOf &&
           std::find(rule.keys.begin(), rule.keys.end(), key.name) != rule.keys.end();
  });
}

/// What holds for the keys together, and what a value without keys means.
std::string demands_of(const grammar::Mapping& mapping) {
  std::vector<std::string> sentences;
  for (const grammar::Rule& rule : mapping.rules) {
    std::string keys;
    for (std::size_t index = 0; index < rule.keys.size(); ++index) {
      if (index > 0) keys += index + 1 == rule.keys.size() ? " and " : ", ";
      keys += fmt::format("`{}`", rule.keys[index]);
    }
    switch (rule.kind) {
      case grammar::Rule::Kind::AllOf: break;  // said beside the key
      case grammar::Rule::Kind::AtLeastOne:
        sentences.push_back(fmt::format("At least one of {} is required.", keys));
        break;
      case grammar::Rule::Kind::AtMostOne:
        sentences.push_back(fmt::format("Only one of {} may stand there.", keys));
        break;
      case grammar::Rule::Kind::ExactlyOne:
        sentences.push_back(fmt::format("Exactly one of {} is required.", keys));
        break;
    }
  }
  if (!mapping.shorthand.empty()) {
    sentences.push_back(fmt::format("A value without keys stands for `{}`.", mapping.shorthand));
  }
  return sentences.empty() ? "" : prose(fmt::format("{}", fmt::join(sentences, " "))) + "\n";
}

std::string mapping(const grammar::Mapping& one) {
  std::string result = fmt::format(".SS The keys of {}\n", roff(title_of(one))) + demands_of(one);
  for (const grammar::Key& key : one.keys) {
    result += fmt::format(".TP\n\\fB{}\\fR{}: {}\n{}\n", roff(key.name), is_required(key, one) ? " (required)" : "",
                          roff(form_of(key.value)), prose(key.doc));
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
  result +=
      section("EXIT STATUS") +
      items({{"0", "valid; completed; stopped on request; `graph diff`: no differences"},
             {"1",
              "the graph file has errors (with `--strict`: or warnings); `graph diff`: the graphs differ; `graph fmt "
              "--check`: a file is not in canonical form"},
             {"2", "wrong usage"},
             {"3",
              "could not do the job: a file that cannot be read, an internal error; `graph diff`: a file has errors"},
             {"4", "the graph did not become ready, or ports, GPUs or programs were missing at the start"},
             {"5", "a slot failed after the graph was ready, or a sidecar that stops the graph did"},
             {"130, 143", "ended by SIGINT (Ctrl-C), SIGTERM"}});
  result += section("ENVIRONMENT") +
            items({{"CUDA_VISIBLE_DEVICES", "the pool of GPUs, if `--gpus` does not name one"},
                   {"NO_COLOR", "if it is set and not empty, nothing is coloured"},
                   {"XDG_STATE_HOME", "runs are kept below its folder `dynamo/runs` (default: ~/.local/state)"},
                   {"XDG_RUNTIME_DIR", "sockets are made below its folder `dynamo`"}});
  result +=
      section("FILES") +
      items({{"./graph.yaml", "the graph file, if none is named"},
             {"$XDG_STATE_HOME/dynamo/runs/RUN/",
              "one run: `plan.json`, `events.jsonl`, what its processes wrote in `logs`, and the addresses of "
              "their clients in `clients`"},
             {"$XDG_RUNTIME_DIR/dynamo/", "its sockets, or else in `dynamo-UID` below the folder of temporary files"}});
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
  result += section("SHORT FORMS") +
            items({{"[optional] [many] TYPE [= COMPONENT, ...]",
                    "a slot: a place for a component of a type, with its default"},
                   {"[optional] [many] TYPE", "a client: what a component needs"},
                   {"string | int | number | bool | duration | size | enum(a|b) [= DEFAULT]", "a param"},
                   {"[stream] MESSAGE -> [stream] MESSAGE", "a signature: what goes in and out"},
                   {"500ms, 30s, 10m, 1h", "durations"},
                   {"512Mi, 32Gi, 64G", "sizes"}});
  result +=
      section("REFERENCES") +
      prose(
          "`${SCOPE.NAME}` in a text stands for a value, `${SCOPE.NAME:-text}` for the text if the value is not set or "
          "empty; `${SCOPE.NAME:?text}` is an error with that text then. `$$` is a dollar sign. The scopes:") +
      "\n" +
      items({{"params", "the params of the component"},
             {"graph", "the params of the spec, `name` and `namespace`"},
             {"env", "the environment of `dynamo`, and the file of `--env-file`"},
             {"self",
              "the replica: `slot`, `replica` (its number, from 0), `gpus` (ids with commas), `run_dir`, `port.NAME` "
              "of an endpoint or port, and `listen.ENDPOINT`, where to listen"},
             {"clients",
              "the URLs of all replicas that serve a client, with commas: `CLIENT.ENDPOINT`, or `CLIENT` if its "
              "type is `Any` or has exactly one endpoint"}}) +
      ".PP\n" + prose("`self` and `clients` are known in `command`, `cwd`, `env` and probes only.") + "\n";
  result += section("KEYS");
  result += prose("Keys that begin with `x-` are ignored.") + "\n";
  for (const grammar::Mapping* one : grammar::mappings()) {
    if (one != &grammar::overlay) result += mapping(*one);
  }
  result +=
      section("OVERLAYS") +
      prose(
          "A file given with `-f` changes definitions of a graph file and its imports: mappings merge per key, lists "
          "and single values replace, an empty value deletes its key. It adds no definitions. Several are laid on "
          "top of each other in their order.") +
      "\n";
  result +=
      section("OVERRIDES") + prose("Behind the target a command line may change the graph once more, for this call:") +
      "\n" +
      items({{"SLOT=COMPONENT", "another component for a slot or sidecar"},
             {"SLOT=none, ~SLOT", "nothing there"},
             {"SLOT.KEY=VALUE",
              "a key of the binding, such as `backend.replicas=2`; a YAML value, behind `env.` and `params.` text"},
             {"PARAM=VALUE", "a param of the spec, as text"}}) +
      ".PP\n" + prose("All `SLOT=COMPONENT` are applied first.") + "\n";
  result +=
      section("ENVIRONMENT OF A REPLICA") +
      prose(
          "The variables of whoever called `dynamo`, over them these, over them `env` of the graph, the component and "
          "the binding. Names of endpoints, ports and clients are in capitals, with `-` and `.` as `_`.") +
      "\n" +
      items({{"DYNAMO_GRAPH, DYNAMO_NAMESPACE", "the graph and its namespace"},
             {"DYNAMO_SLOT, DYNAMO_COMPONENT, DYNAMO_REPLICA",
              "where it runs (the name of a sidecar is its slot), what it is, and its number, from 0"},
             {"DYNAMO_RUN_ID, DYNAMO_RUN_DIR", "this run, and its folder"},
             {"DYNAMO_LISTEN_<ENDPOINT>", "where to listen: HOST:PORT, or a path for `unix`; not for `dyn`"},
             {"DYNAMO_PORT_<NAME>", "the port alone: of endpoints that have one, and of `ports`"},
             {"DYNAMO_CLIENT_<CLIENT>_<ENDPOINT>", "the URLs of all replicas of the client's providers, with commas"},
             {"DYNAMO_CLIENT_<CLIENT>",
              "the same if the client's type has exactly one endpoint; for the type `Any` all endpoints"},
             {"DYNAMO_CLIENTS_FILE", "a JSON file with the same, kept up to date"},
             {"LISTEN_FDS, LISTEN_PID, LISTEN_FDNAMES", "only with `listen: fd`: sockets from descriptor 3 on"},
             {"NOTIFY_SOCKET", "only with `ready: {notify: true}`: takes READY=1"},
             {"CUDA_VISIBLE_DEVICES", "the ids of its GPUs, if it asks for some"}}) +
      ".PP\n" +
      prose(
          "The clients file is replaced as a whole whenever a replica of a provider becomes ready or stops being so; "
          "its `revision` grows. Below `clients` each client of the component has its `type` and `arity`; "
          "`endpoints`, with the URLs of all replicas, ready or not; and `instances`, with `id`, `ready` and "
          "`endpoints` of each replica.") +
      "\n";
  result += section("SEE ALSO") + ".BR dynamo (1)\n";
  return result;
}

}  // namespace dynamo
