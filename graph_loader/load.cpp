#include "graph_loader/load.h"

#include "graph_loader/planner.h"
#include "graph_loader/views/graph_views.h"
#include "graph_loader/views/origins.h"
#include "graph_loader/workspace.h"

#include <algorithm>

namespace dynamo {

std::size_t Loading::count(Severity severity) const {
  return static_cast<std::size_t>(std::count_if(diagnostics.begin(), diagnostics.end(),
                                                [&](const Diagnostic& one) { return one.severity == severity; }));
}

Target parse_target(const std::string& word) {
  const auto is_file = [](std::string_view text) {
    return text.ends_with(".yaml") || text.ends_with(".yml") || text == "-";
  };
  Target target;
  const std::size_t colon = word.rfind(':');
  if (colon != std::string::npos) {
    target.file = word.substr(0, colon);
    target.name = word.substr(colon + 1);
    target.name_at = colon + 1;
  } else if (is_file(word) || word.find('/') != std::string::npos) {
    target.file = word;
  } else if (!word.empty()) {
    target.name = word;
  }
  if (target.file.empty()) target.file = "graph.yaml";
  return target;
}

Loading validate(const LoadRequest& request, FileReader& files) {
  Loading answer;
  Workspace workspace(request, files);
  if (workspace.load()) {
    const bool one = workspace.target().name || request.arguments.size() > 1;
    if (one) {
      workspace.check_target();
    } else {
      workspace.check_all(Workspace::Keep::Nothing);
    }
    workspace.lint(!one);
  }
  workspace.finish(answer);
  return answer;
}

/// All graphs and specs; only one of them if the target names it.
Listing list(const LoadRequest& request, FileReader& files) {
  Listing answer;
  Workspace workspace(request, files);
  if (workspace.load()) {
    const bool one = workspace.target().name.has_value();
    const NamedDefinition* only = one ? workspace.find_target() : nullptr;
    if (!one) workspace.check_all(Workspace::Keep::Graphs);
    if (only != nullptr && only->kind == NameKind::Graph) workspace.check_target();
    workspace.lint(!one);
    if (!workspace.has_errors()) answer.list = list_graphs(workspace, only);
  }
  workspace.finish(answer);
  return answer;
}

Showing show(const LoadRequest& request, FileReader& files) {
  Showing answer;
  Workspace workspace(request, files);
  if (workspace.load()) {
    const CheckedGraph* graph = workspace.check_target();
    workspace.lint(false);
    if (graph != nullptr && !workspace.has_errors()) {
      answer.graph = show_graph(*graph, workspace);
      if (request.origins) answer.graph->origins = origins_of(*graph, workspace);
    }
  }
  workspace.finish(answer);
  return answer;
}

Planning plan(const LoadRequest& request, FileReader& files) {
  Planning answer;
  LoadRequest complete = request;
  complete.check_environment = true;
  if (!complete.gpus) complete.gpus.emplace();
  Workspace workspace(complete, files);
  if (workspace.load()) {
    const CheckedGraph* graph = workspace.check_target();
    workspace.lint(false);
    if (graph != nullptr && !workspace.has_errors()) {
      Plan plan = make_plan(*graph, workspace, complete);
      if (!workspace.has_errors()) answer.plan = std::move(plan);
    }
  }
  workspace.finish(answer);
  return answer;
}

}  // namespace dynamo
