#include "graph_loader/language/check_file.h"

#include "graph_loader/workspace.h"

#include <utility>

namespace dynamo {

FileCheck check_file(const Root& root, FileReader& files) {
  FileCheck answer;
  LoadRequest request;
  if (!root.overlay.empty()) request.overlays.push_back(root.overlay);
  Target target;
  target.file = root.file;
  Workspace workspace(request, files, std::move(target));
  answer.complete = workspace.load();
  if (answer.complete) {
    workspace.check_all(Workspace::Keep::Nothing);
    workspace.lint(true);
  }
  workspace.finish(answer.loading);
  return answer;
}

}  // namespace dynamo
