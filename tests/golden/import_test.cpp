// What `dynamo import` writes is a graph file: each golden of tests/golden/import that holds one is validated, and what
// the manifests say is found again in what `dynamo graph show` makes of it.

#include "tests/support/run_dynamo.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace dynamo::test {

namespace fs = std::filesystem;

namespace {

const fs::path import_goldens = fs::path(DYNAMO_GOLDEN_DIR) / "import";

std::vector<fs::path> imported_files() {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(import_goldens)) {
    if (entry.path().extension() == ".stdout" && entry.path().stem() != "ok_help") found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

/// `dynamo graph show -o json` of the only graph of a golden.
boost::json::object shown(const std::string& name) {
  const TempDir folder;
  folder.write("graph.yaml", read_file(import_goldens / (name + ".stdout")));
  const Finished finished = run_dynamo(folder, {"graph", "show", "graph.yaml", "-o", "json"});
  EXPECT_EQ(finished.ended.status, 0) << finished.err;
  return boost::json::parse(finished.out).as_object();
}

/// The component in the slot.
const boost::json::object& in_slot(const boost::json::object& graph, std::string_view slot) {
  for (const auto& one : graph.at("slots").as_array()) {
    if (one.at("name").as_string() == slot) return one.at("components").at(0).as_object();
  }
  throw std::out_of_range("no slot " + std::string(slot));
}

std::string text(const boost::json::value& value) { return boost::json::serialize(value); }

}  // namespace

class ImportedFile : public testing::TestWithParam<fs::path> {};

TEST_P(ImportedFile, IsAValidGraphFile) {
  const TempDir folder;
  folder.write("graph.yaml", read_file(GetParam()));

  const Finished finished = run_dynamo(folder, {"graph", "validate", "graph.yaml", "--strict"});

  EXPECT_EQ(finished.ended.status, 0) << finished.err;
}

INSTANTIATE_TEST_SUITE_P(Import, ImportedFile, testing::ValuesIn(imported_files()),
                         [](const auto& file) { return file.param.stem().string(); });

TEST(Import, KeepsWhatAManifestOfTheFirstVersionSays) {
  const auto graph = shown("ok_v1alpha1_disagg_router");
  EXPECT_EQ(graph.at("namespace"), "qwen");
  const auto& decode = in_slot(graph, "decode");
  EXPECT_EQ(text(decode.at("replicas")), R"({"min":2,"max":2})");
  EXPECT_EQ(text(decode.at("command")), R"(["python3","-m","dynamo.vllm","--model","Qwen/Qwen3-0.6B"])");
  EXPECT_EQ(decode.at("resources").at("gpus"), 1);
  EXPECT_EQ(decode.at("env").at("LOG_LEVEL"), "info");
  EXPECT_EQ(in_slot(graph, "frontend").at("endpoints").at("chat").at("port"), 8080);
}

TEST(Import, ExpandsReferencesOfKubernetes) {
  const auto graph = shown("ok_v1beta1_disagg");
  const auto& decode = in_slot(graph, "decode");
  EXPECT_EQ(decode.at("command").at(4), "Qwen/Qwen3-0.6B");
  EXPECT_EQ(decode.at("command").at(8), R"({"kv_connector": "NixlConnector", "kv_role": "kv_both"})");
}

TEST(Import, LeavesShellScriptsAsTheyAre) {
  const auto graph = shown("ok_shell_wrapper");
  const auto& worker = in_slot(graph, "worker");
  EXPECT_EQ(worker.at("command").at(2),
            "set -euo pipefail\n"
            "echo \"pid $$ serves ${MODEL:-none} on $(hostname)\"\n"
            "exec python3 -m dynamo.vllm --model \"${MODEL}\" \"$@\"\n");
  EXPECT_EQ(worker.at("env").at("DEBUG"), "true");
}

}  // namespace dynamo::test
