#pragma once
// The examples of a page docs/diagnostics/DGnnnn.md. Under `## Wrong` and `## Right` stands a ```yaml block, the file
// `graph.yaml` (for `dynamo import`: `deploy.yaml`); comments before a block say what else is needed:
//
//     <!-- args: graph.yaml:chat backend=none -->   instead of `graph.yaml`
//     <!-- flags: --gpus 0-3 -->                     further options
//     <!-- file backends.yaml -->                    the next block is this file
//     <!-- bytes -->                                 `\t` and `\xNN` in the block stand for these bytes
//     <!-- command: import -->                       run `dynamo import` on the block, and validate what it writes
//     <!-- not run: why -->                          it cannot be shown yet

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace dynamo::test {

struct Example {
  std::map<std::string, std::string> files;
  std::vector<std::string> arguments;  ///< of `dynamo`
  std::string not_run;                 ///< the reason, if there is one
};

struct Page {
  std::string code;  ///< DG0401
  Example wrong;
  Example right;
};

Page read_page(const std::filesystem::path& file);
std::vector<std::filesystem::path> all_pages();

}  // namespace dynamo::test
