#include "graph_loader/deployment/process_import.h"

#include "graph_loader/deployment/dollar_text.h"
#include "graph_loader/deployment/environment_import.h"
#include "graph_loader/deployment/probe_import.h"
#include "graph_loader/spec/quantity.h"
#include "graph_loader/spec/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace dynamo::deployment {
namespace {

constexpr long long frontend_port = 8000;
constexpr long long cluster_system_port = 9090;
constexpr std::string_view port_flag = "--http-port";
constexpr std::string_view chat_port = "${self.port.chat}";

/// The digits at `at`, as a port.
std::optional<long long> port_at(std::string_view text, std::size_t at, std::size_t& end) {
  end = std::min(text.find_first_not_of("0123456789", at), text.size());
  const auto number = parse_integer(text.substr(at, end - at));
  return end > at && number && *number >= 1 && *number <= 65535 ? number : std::nullopt;
}

class ProcessImporter {
 public:
  ProcessImporter(const DeployedContainer& container, const ProcessPlace& place, Keeper& keeper)
      : container_(container), place_(place), keeper_(keeper) {}

  Process import() {
    process_.kept = container_.kept;
    process_.dynamo = !place_.extra && (place_.type != ComponentType::None || is_dynamo_program());
    is_frontend_ = !place_.extra && place_.type == ComponentType::Frontend;
    for (const Variable& variable : place_.deployment.env) texts_.add(variable);
    for (const Variable& variable : container_.env) texts_.add(variable);
    add_known_variables();
    make_command();
    if (is_frontend_) make_door();
    if (is_worker()) process_.endpoints = texts_value({"generate"});
    process_.env = import_env(variables_, texts_, process_.dynamo, process_.kept, place_.owner, keeper_);
    make_resources();
    make_probes();
    return std::move(process_);
  }

 private:
  [[nodiscard]] bool is_worker() const {
    return !place_.extra && (place_.type == ComponentType::Worker || place_.type == ComponentType::Prefill ||
                             place_.type == ComponentType::Decode);
  }

  /// A component without a type still may be a program of the Dynamo runtime: `python3 -m dynamo.vllm`.
  [[nodiscard]] bool is_dynamo_program() const {
    const auto names_module = [](const Located<std::string>& word) {
      const std::size_t at = word.value.find("dynamo.");
      return at == 0 || (at != std::string::npos && word.value[at - 1] == ' ');
    };
    return std::any_of(container_.command.begin(), container_.command.end(), names_module) ||
           std::any_of(container_.args.begin(), container_.args.end(), names_module);
  }

  void add_known_variables() {
    variables_ = container_.env;
    if (place_.extra) return;
    texts_.add_known("DYN_NAMESPACE", "${graph.namespace}");
    texts_.add_known("POD_NAME", "${self.slot}-${self.replica}");
    if (is_frontend_) {
      texts_.add_known("DYN_HTTP_PORT", std::string(chat_port));
      texts_.add_known("DYNAMO_PORT", std::string(chat_port));
    } else if (process_.dynamo) {
      texts_.add_known("DYN_SYSTEM_PORT", "${self.port.system}");
    }
  }

  void make_command() {
    for (const auto* list : {&container_.command, &container_.args}) {
      if (list == &container_.args && container_.command.empty() && is_frontend_) {
        process_.command = {"python3", "-m", "dynamo.frontend"};
      }
      for (const Located<std::string>& word : *list) {
        const std::size_t at = word.value.find("environment");
        const std::string_view rest = at == std::string::npos ? "" : std::string_view(word.value).substr(at, 40);
        const bool says_it = rest.find("kubernetes") != std::string_view::npos;
        const bool says_it_next =
            word.value == "kubernetes" && !process_.command.empty() && process_.command.back() == "--environment";
        process_.asks_kubernetes = process_.asks_kubernetes || says_it || says_it_next;
        process_.command.push_back(texts_.expand(word.value));
      }
    }
  }

  /// The port that a frontend is told: by a flag, which is replaced, else by a variable.
  long long told_port() {
    std::optional<long long> told;
    auto& words = process_.command;
    for (std::size_t index = 0; index < words.size(); ++index) {
      std::string& word = words[index];
      std::size_t end = 0;
      if (word == port_flag && index + 1 < words.size()) {
        if (const auto port = port_at(words[index + 1], 0, end); port && end == words[index + 1].size()) {
          told = port;
          words[index + 1] = chat_port;
        }
        continue;
      }
      const std::size_t flag = word.find(port_flag);
      const std::size_t begin = flag == std::string::npos ? flag : flag + port_flag.size() + 1;
      if (begin >= word.size() || (word[begin - 1] != '=' && word[begin - 1] != ' ')) continue;
      if (const auto port = port_at(word, begin, end)) {
        told = port;
        word.replace(begin, end - begin, chat_port);
      }
    }
    const auto written = texts_.find("DYN_HTTP_PORT");
    std::size_t end = 0;
    const auto variable = written ? port_at(*written, 0, end) : std::nullopt;
    if (variable && end == written->size()) {
      // dynamo sets it to the port that the endpoint has.
      std::erase_if(variables_, [](const Variable& one) { return one.name.value == "DYN_HTTP_PORT"; });
      if (!told) told = variable;
    }
    return told.value_or(frontend_port);
  }

  void make_door() {
    http_port_ = told_port();
    Value& chat = process_.endpoints.add("chat", {});
    const bool taken = !place_.taken_ports.insert(http_port_).second;
    if (place_.replicas <= 1 && !taken) {
      chat.add("port", number_value(http_port_));
    } else {
      report(keeper_.sink(), codes::changed_by_import, place_.replicas_where,
             place_.replicas > 1
                 ? fmt::format("{} replicas of {} cannot share port {} of one machine", place_.replicas, place_.owner,
                               http_port_)
                 : fmt::format("port {} of {} is taken by another component on this machine", http_port_, place_.owner))
          .label("each replica gets a free port");
    }
    chat.add("path", text_value("/v1/chat/completions"));
  }

  void make_resources() {
    if (container_.gpus.value_or(0) > 0) process_.resources.add("gpus", number_value(*container_.gpus));
    if (container_.cpus) process_.resources.add("cpus", plain_value(*container_.cpus));
    if (container_.memory) process_.resources.add("memory", text_value(*container_.memory));
  }

  void make_probes() {
    ProbePlace probes;
    probes.owner = place_.owner;
    if (process_.dynamo) probes.default_port = is_frontend_ ? "chat" : "system";
    probes.port_of = [this](const std::string& port) { return port_of(port); };
    ImportedProbes imported = import_probes(container_, probes, process_.kept, keeper_);
    process_.ready = std::move(imported.ready);
    process_.live = std::move(imported.live);
  }

  /// The component's name for a port of the container; a port that nothing else names becomes one of its `ports`.
  std::optional<std::string> port_of(const std::string& text) {
    std::string name = text;
    std::size_t end = 0;
    std::optional<long long> number = port_at(text, 0, end);
    if (end != text.size()) number.reset();
    for (const ContainerPort& port : container_.ports) {
      if (port.name == text || port.number == number) {
        number = port.number;
        name = port.name;
      }
    }
    if (is_frontend_ && (text == "http" || number == http_port_)) return "chat";
    if (process_.dynamo && !is_frontend_ && is_system(text, number)) return "system";
    if (!number) return std::nullopt;
    for (std::size_t index = 0; index < process_.ports.items.size(); ++index) {
      if (process_.ports.items[index].text == std::to_string(*number)) return process_.ports.names[index];
    }
    if (place_.replicas > 1 || !place_.taken_ports.insert(*number).second) return std::nullopt;
    const bool reserved = name == "chat" || name == "generate" || name == "system";
    if (!is_name(name) || reserved) name = fmt::format("port{}", *number);
    process_.ports.add(name, number_value(*number));
    return name;
  }

  [[nodiscard]] bool is_system(const std::string& text, const std::optional<long long>& number) const {
    return text == "system" || number == cluster_system_port ||
           (number && texts_.find("DYN_SYSTEM_PORT") == std::to_string(*number));
  }

  const DeployedContainer& container_;
  const ProcessPlace& place_;
  Keeper& keeper_;
  Process process_;
  VariableTexts texts_;
  std::vector<Variable> variables_;
  bool is_frontend_ = false;
  long long http_port_ = 0;
};

}  // namespace

Process import_process(const DeployedContainer& container, const ProcessPlace& place, Keeper& keeper) {
  return ProcessImporter(container, place, keeper).import();
}

Value import_graph_env(const Deployment& deployment, Value& kept, Keeper& keeper) {
  VariableTexts texts;
  for (const Variable& variable : deployment.env) texts.add(variable);
  return import_env(deployment.env, texts, true, kept, "the graph", keeper);
}

}  // namespace dynamo::deployment
