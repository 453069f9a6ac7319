#pragma once
// The door of the loader: command-line words in, diagnostics and one finished value out. Pure: files come
// through a FileReader, the environment and the host's GPUs as values.

#include "graph_loader/graph/graph.h"
#include "graph_loader/spec/file_reader.h"
#include "proto/diagnostic.h"
#include "proto/plan.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dynamo {

struct LoadRequest {
  /// The target as typed (FILE:NAME, FILE or NAME; empty: ./graph.yaml), then the overrides.
  std::vector<std::string> arguments;
  /// Number of the target among the arguments of the command line: diagnostics call it a line.
  int target_argument = 1;
  /// Files that are laid over the definitions, in order.
  std::vector<std::string> overlays;
  /// Variables that ${env.NAME} sees.
  std::map<std::string, std::string> environment;
  /// The current directory, absolute: relative paths of a Plan are made absolute with it.
  std::string current_dir;
  /// Check that every ${env.NAME} that is used is set (`validate --env`); `plan` always checks.
  bool check_environment = false;
  /// The pool of GPU ids, where one is known. `validate` checks placement only if this is set.
  std::optional<std::vector<int>> gpus;
  /// `show --origins`: who set each value.
  bool origins = false;
  /// `serve --port`: the port of the entry's first endpoint that has one.
  std::optional<int> entry_port;
};

/// What every question to the loader answers with. `diagnostics` is sorted and complete.
struct Loading {
  std::shared_ptr<Sources> sources;  ///< keeps the texts that the diagnostics point into
  std::vector<Diagnostic> diagnostics;
  std::size_t untold = 0;                 ///< diagnostics that were too many to keep (DiagnosticList)
  std::optional<std::string> usage;       ///< wrong usage (exit 2): the sentence for the user
  std::optional<std::string> unreadable;  ///< root or overlay file unreadable (exit 3)
  std::string file;                       ///< the root file as given
  std::size_t graphs_checked = 0;

  [[nodiscard]] std::size_t count(Severity severity) const;
};

struct Listing : Loading {
  std::optional<GraphList> list;  ///< set if nothing above is wrong
};

struct Showing : Loading {
  std::optional<GraphView> graph;
};

struct Planning : Loading {
  std::optional<Plan> plan;
};

/// All diagnostics of a file, or of one graph of it.
Loading validate(const LoadRequest& request, FileReader& files);
Listing list(const LoadRequest& request, FileReader& files);
Showing show(const LoadRequest& request, FileReader& files);
/// Needs `gpus`: an empty pool means that there are none.
Planning plan(const LoadRequest& request, FileReader& files);

/// What a TARGET word means.
struct Target {
  std::string file = "graph.yaml";
  std::optional<std::string> name;
  std::size_t name_at = 0;  ///< byte offset of NAME in the word
};
Target parse_target(const std::string& word);

}  // namespace dynamo
