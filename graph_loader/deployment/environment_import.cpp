#include "graph_loader/deployment/environment_import.h"

#include "graph_loader/deployment/dollar_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace dynamo::deployment {
namespace {

constexpr std::string_view of_this_run = "processes of one run find each other through a folder of that run";

struct Owned {
  std::string_view name;
  std::string_view why;
  bool of_any = false;  ///< also in a process that does not belong to the Dynamo runtime
};
constexpr auto owned = std::to_array<Owned>({
    {"DYN_NAMESPACE", "`namespace` of a graph sets it"},
    {"DYN_COMPONENT", "the slot names a component here"},
    {"DYN_ENDPOINT", "each replica gets the address of its endpoint"},
    {"DYN_SYSTEM_PORT", "each replica gets a port of its own"},
    {"DYN_DISCOVERY_BACKEND", of_this_run},
    {"DYN_FILE_KV", of_this_run},
    {"NATS_SERVER", of_this_run},
    {"ETCD_ENDPOINTS", of_this_run},
    {"CUDA_VISIBLE_DEVICES", "each replica gets GPUs of its own", true},
});

/// Planes that need a server which no local run starts.
bool needs_server(const Variable& variable) {
  const bool plane = variable.name.value == "DYN_REQUEST_PLANE" || variable.name.value == "DYN_EVENT_PLANE";
  return plane && variable.value.value_or("").starts_with("nats");
}

}  // namespace

void VariableTexts::add(const Variable& variable) {
  texts_[variable.name.value] =
      variable.value ? expand(*variable.value) : fmt::format("${{env.{}}}", variable.name.value);
}

void VariableTexts::add_known(const std::string& name, std::string text) { texts_.emplace(name, std::move(text)); }

std::optional<std::string> VariableTexts::find(std::string_view name) const {
  const auto found = texts_.find(name);
  if (found == texts_.end()) return std::nullopt;
  return found->second;
}

std::string VariableTexts::expand(std::string_view text) const {
  return expanded(text, [this](std::string_view name) { return find(name); });
}

bool keep_if_owned(const Variable& variable, bool dynamo, Value& kept, const std::string& owner, Keeper& keeper) {
  if (!variable.value) return false;
  const auto* found =
      std::find_if(owned.begin(), owned.end(), [&](const Owned& one) { return one.name == variable.name.value; });
  const bool is_owned = found != owned.end() && (dynamo || found->of_any);
  if (!is_owned && !(dynamo && needs_server(variable))) return false;
  keeper.tell(variable.name.where, fmt::format("the variable `{}` of {}", variable.name.value, owner),
              is_owned ? found->why : "no NATS server is started here; processes speak to each other directly");
  kept.list_at("env").items.push_back(variable.written);
  return true;
}

Value import_env(const std::vector<Variable>& variables, const VariableTexts& texts, bool dynamo, Value& kept,
                 const std::string& owner, Keeper& keeper) {
  Value env;
  for (auto variable = variables.begin(); variable != variables.end(); ++variable) {
    const std::string& name = variable->name.value;
    const bool replaced = std::any_of(variable + 1, variables.end(), [&](const Variable& later) {
      return later.name.value == name && later.value.has_value();
    });
    if (replaced || !variable->value || keep_if_owned(*variable, dynamo, kept, owner, keeper)) continue;
    env.add(name, text_value(texts.find(name).value_or("")));
  }
  return env;
}

}  // namespace dynamo::deployment
