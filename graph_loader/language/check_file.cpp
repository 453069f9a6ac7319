#include "graph_loader/language/check_file.h"

#include "graph_loader/workspace.h"

#include <utility>

namespace dynamo {

Loading check_file(const std::string& path, FileReader& files) {
  Loading answer;
  const LoadRequest request;
  Target target;
  target.file = path;
  Workspace workspace(request, files, std::move(target));
  if (workspace.load()) {
    workspace.check_all(Workspace::Keep::Nothing);
    workspace.lint(true);
  }
  workspace.finish(answer);
  return answer;
}

}  // namespace dynamo
