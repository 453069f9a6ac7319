#include "graph_loader/deployment/graph_file.h"

#include "graph_loader/deployment/value_writer.h"

#include <utility>

namespace dynamo::deployment {
namespace {

constexpr std::string_view head =
    "# Written by `dynamo import` from a DynamoGraphDeployment. What has no equivalent on one machine stands under\n"
    "# `x-kubernetes`, which dynamo ignores.\n"
    "apiVersion: dynamo/v1\n";

/// `components:` with its definitions; those of several lines have an empty line between them.
std::string section(const std::string& key, const std::vector<NamedValue>& definitions, bool aligned) {
  if (definitions.empty()) return {};
  if (aligned) {
    Value all;
    all.spread = all.aligned = true;
    for (const NamedValue& one : definitions) all.add(one.name, one.body);
    Value whole;
    whole.spread = true;
    whole.add(key, std::move(all));
    return "\n" + yaml_text(whole);
  }
  std::string result = "\n" + key + ":\n";
  for (std::size_t index = 0; index < definitions.size(); ++index) {
    if (index > 0 && definitions[index].body.spread) result += "\n";
    Value one;
    one.spread = true;
    one.add(definitions[index].name, definitions[index].body);
    result += yaml_text(one, 2);
  }
  return result;
}

}  // namespace

std::string graph_file_text(const GraphFile& file) {
  std::string result(head);
  result += section("interfaces", file.interfaces, true);
  result += section("components", file.components, false);
  result += section("specs", file.specs, false);
  result += section("graphs", file.graphs, false);
  if (!file.kept.is_empty()) {
    Value kept;
    kept.spread = true;
    kept.add("x-kubernetes", file.kept);
    result += "\n" + yaml_text(kept);
  }
  return result;
}

}  // namespace dynamo::deployment
