#include "graph_loader/deployment/probe_reader.h"

#include <fmt/format.h>

namespace dynamo::deployment {
namespace {

constexpr long long longest = 1'000'000'000;

/// Everything but a plain request to the container itself has no equivalent.
DeployedProbe::Action read_http(const Node& node, DeployedProbe& probe, ManifestShape& shape) {
  bool plain = true;
  for (const Entry& entry : shape.entries(node, "`httpGet`")) {
    const std::string_view key = entry.key->text;
    if (key == "path" || key == "port") {
      if (auto text = shape.text(*entry.value, fmt::format("`{}`", key))) {
        (key == "path" ? probe.path : probe.port) = std::move(text->value);
      }
    } else if (key != "scheme" || entry.value->text != "HTTP") {
      plain = false;
    }
  }
  if (probe.path.empty()) probe.path = "/";
  return plain && !probe.port.empty() ? DeployedProbe::Action::Http : DeployedProbe::Action::None;
}

DeployedProbe::Action read_tcp(const Node& node, DeployedProbe& probe, ManifestShape& shape) {
  bool plain = true;
  for (const Entry& entry : shape.entries(node, "`tcpSocket`")) {
    plain = plain && entry.key->text == "port";
    if (entry.key->text != "port") continue;
    if (auto text = shape.text(*entry.value, "`port`")) probe.port = std::move(text->value);
  }
  return plain && !probe.port.empty() ? DeployedProbe::Action::Tcp : DeployedProbe::Action::None;
}

DeployedProbe::Action read_exec(const Node& node, DeployedProbe& probe, ManifestShape& shape) {
  for (const Entry& entry : shape.entries(node, "`exec`")) {
    if (entry.key->text != "command") return DeployedProbe::Action::None;
    for (const Located<std::string>& word : shape.texts(*entry.value, "`command`")) probe.command.push_back(word.value);
  }
  return probe.command.empty() ? DeployedProbe::Action::None : DeployedProbe::Action::Exec;
}

}  // namespace

std::optional<DeployedProbe> read_probe(const Entry& entry, const std::string& owner, ManifestShape& shape) {
  if (entry.value->kind == NodeKind::Null) return std::nullopt;
  DeployedProbe probe;
  probe.key = entry.key->where;
  probe.name = std::string(entry.key->text);
  const std::string what = fmt::format("`{}`", probe.name);
  for (const Entry& one : shape.entries(*entry.value, what)) {
    const std::string_view key = one.key->text;
    const auto number = [&](long long least) {
      return shape.integer(*one.value, fmt::format("`{}`", key), least, longest);
    };
    if (key == "httpGet" || key == "tcpSocket" || key == "exec" || key == "grpc") {
      probe.action_written.add(std::string(key), value_of(*one.value));
      if (key == "httpGet") probe.action = read_http(*one.value, probe, shape);
      if (key == "tcpSocket") probe.action = read_tcp(*one.value, probe, shape);
      if (key == "exec") probe.action = read_exec(*one.value, probe, shape);
    } else if (key == "initialDelaySeconds") {
      probe.initial_delay = number(0);
    } else if (key == "periodSeconds") {
      probe.period = number(1);
    } else if (key == "failureThreshold") {
      probe.failures = number(1);
    } else if (key == "successThreshold" && one.value->text == "1") {
      continue;  // what everybody means
    } else if (key == "timeoutSeconds" || key == "successThreshold" || key == "terminationGracePeriodSeconds") {
      probe.kept.add(std::string(key), value_of(*one.value));
    } else {
      shape.keeper().keep(probe.kept, one, fmt::format("{} of {}", what, owner), manifest_keys::probe);
    }
  }
  if (!entry.value->is_mapping()) return std::nullopt;
  return probe;
}

}  // namespace dynamo::deployment
