#pragma once
// What could stand at the cursor of a command line: commands, options and their words, files, graphs of the file that
// was typed, and overrides of the graph.

#include "cli/completion/command_model.h"
#include "graph_loader/spec/file_reader.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace dynamo {

struct Candidate {
  std::string text;  ///< the whole word; after `=`, `.`, `:` and `/` the word goes on
  std::string does;  ///< a few words for shells that show them
};

struct CompletionRequest {
  std::vector<std::string> words;  ///< behind `dynamo`, the last one is being typed and may be empty
  std::filesystem::path current_dir;
  std::map<std::string, std::string> variables;  ///< for paths that begin with `~/` or `$NAME/`
};

/// Sorted as they should be shown; all begin with the word that is being typed.
std::vector<Candidate> complete(const CompletionRequest& request, const CommandLineModel& model, FileReader& files);

}  // namespace dynamo
