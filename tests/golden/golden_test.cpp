// Each `GROUP/NAME.yaml` (or `.args`, where no graph is needed, or `GROUP/NAME/graph.yaml` with the files that it
// needs) is one test. Its first line says what to run, `%s` standing for the file's own name:
//
//     # ARGS: graph validate %s:chat --format short
//     # EXIT: 2            (only if it is neither 0 nor 1)
//
// NAME.stdout and NAME.stderr beside it hold what must come; a missing one means nothing. The name begins with
// `fail_` if and only if the status is not 0.

#include "tests/support/golden.h"
#include "tests/support/run_dynamo.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <ostream>
#include <sstream>
#include <vector>

namespace dynamo::test {

namespace fs = std::filesystem;

namespace {

struct Golden {
  fs::path input;  ///< the file with the ARGS line
  fs::path stem;   ///< of the expected texts
};
void PrintTo(const Golden& golden, std::ostream* out) { *out << golden.stem; }

std::vector<Golden> all_goldens() {
  std::vector<Golden> found;
  for (const auto& group : fs::directory_iterator(DYNAMO_GOLDEN_DIR)) {
    if (!group.is_directory() || group.path().filename() == "parts") continue;  // what the tests import
    for (const auto& entry : fs::directory_iterator(group)) {
      fs::path stem = entry.path();
      if (entry.is_directory()) {
        found.push_back({.input = entry.path() / "graph.yaml", .stem = stem});
      } else if (stem.extension() == ".yaml" || stem.extension() == ".args") {
        found.push_back({.input = entry.path(), .stem = stem.replace_extension()});
      }
    }
  }
  std::sort(found.begin(), found.end(), [](const Golden& a, const Golden& b) { return a.stem < b.stem; });
  return found;
}

std::string test_name(const testing::TestParamInfo<Golden>& info) {
  std::string name = info.param.stem.parent_path().filename().string() + "_" + info.param.stem.filename().string();
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

/// What follows `# KEY: ` at the start of a line among the comments at the top.
std::string directive(const std::string& text, const std::string& key) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line) && line.starts_with("#");) {
    if (line.starts_with("# " + key + ": ")) return line.substr(key.size() + 4);
  }
  return {};
}

std::vector<std::string> arguments_of(const Golden& golden, const std::string& text) {
  std::vector<std::string> arguments;
  std::istringstream words(directive(text, "ARGS"));
  for (std::string word; words >> word;) {
    if (const std::size_t at = word.find("%s"); at != std::string::npos) {
      word.replace(at, 2, golden.input.filename().string());
    }
    arguments.push_back(word);
  }
  return arguments;
}

}  // namespace

class GoldenTest : public testing::TestWithParam<Golden> {};

TEST_P(GoldenTest, SaysWhatItSaidBefore) {
  const Golden& golden = GetParam();
  const std::string text = read_file(golden.input);
  const std::vector<std::string> arguments = arguments_of(golden, text);
  ASSERT_FALSE(arguments.empty()) << golden.input << " has no line `# ARGS: ...`";

  const TempDir home;
  RunDynamo run(home, {.arguments = arguments, .directory = golden.input.parent_path()});
  const Ended ended = run.wait();

  const std::string exit = directive(text, "EXIT");
  const bool fails = golden.stem.filename().string().starts_with("fail_");
  EXPECT_EQ(ended.status, exit.empty() ? (fails ? 1 : 0) : std::stoi(exit)) << run.story();
  EXPECT_EQ(fails, ended.status != 0) << "the name begins with `fail_` if and only if the status is not 0";
  const auto expect = [&](const char* extension, const std::string& actual) {
    fs::path file = golden.stem;
    file += extension;
    expect_golden(file, normalised(normalised(actual, golden.input.parent_path()), home.path()));
  };
  expect(".stdout", run.out());
  expect(".stderr", run.err());
  if (accepting()) GTEST_SKIP() << "accepted";
}

INSTANTIATE_TEST_SUITE_P(Golden, GoldenTest, testing::ValuesIn(all_goldens()), test_name);

}  // namespace dynamo::test
