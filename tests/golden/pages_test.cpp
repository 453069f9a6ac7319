// Every diagnostic is shown by the page that explains it: the wrong example gives exactly its code, and the right one
// gives nothing. What is said about the wrong one is kept in tests/golden/diagnostics in every form: DGnnnn.stderr for
// people, DGnnnn.short, .json, .sarif and .github.

#include "tests/golden/page.h"

#include "proto/diagnostic.h"
#include "tests/support/golden.h"
#include "tests/support/run_dynamo.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>
#include <re2/re2.h>

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace dynamo::test {

namespace {

/// The forms of diagnostics, and the extension of their goldens.
const std::map<std::string, std::string> forms{
    {"human", ".stderr"}, {"short", ".short"}, {"json", ".json"}, {"sarif", ".sarif"}, {"github", ".github"}};

const std::filesystem::path goldens = std::filesystem::path(DYNAMO_GOLDEN_DIR) / "diagnostics";

Finished validate(const TempDir& folder, const Example& example, const std::string& form = "human") {
  for (const auto& [name, text] : example.files) folder.write(name, text);
  std::vector<std::string> arguments = example.arguments;
  arguments.insert(arguments.end(), {"--format", form});
  return run_dynamo(folder, arguments);
}

/// What was said in that form. Standard output of `dynamo import` is the graph file.
std::string said(const Finished& finished, const Example& example, const std::string& form) {
  const bool for_people = form == "human" || form == "short";
  return for_people || example.arguments.front() == "import" ? finished.err : finished.out;
}

/// The pages are shown by `dynamo graph explain`, and the version changes: neither is part of a golden.
std::string without_help(std::string sarif) {
  static const RE2 summary(R"re(("fullDescription": \{\s*"text": )"(?:[^"\\]|\\.)*")re");
  static const RE2 help(R"re(("(?:text|markdown)": )"(?:# )?DG\d{4}: (?:[^"\\]|\\.)*")re");
  static const RE2 version(R"re(("semanticVersion": )"[^"]*")re");
  RE2::GlobalReplace(&sarif, summary, R"re(\1"SUMMARY")re");
  RE2::GlobalReplace(&sarif, help, R"re(\1"PAGE")re");
  RE2::GlobalReplace(&sarif, version, R"re(\1"0.0.0")re");
  return sarif;
}

std::set<std::string> codes_in(const std::string& text) {
  std::set<std::string> found;
  // The code of a diagnostic itself, not one that its text refers to.
  static const RE2 pattern(R"((?m)^(?:error|warning)\[(DG\d{4})\])");
  std::string_view rest = text;
  re2::StringPiece input(rest.data(), rest.size());
  for (std::string code; RE2::FindAndConsume(&input, pattern, &code);) found.insert(code);
  return found;
}

}  // namespace

class PageTest : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(PageTest, WrongExampleGivesItsCodeAndNoOther) {
  const Page page = read_page(GetParam());
  ASSERT_FALSE(page.wrong.files.empty()) << "no ```yaml block under `## Wrong`";
  ASSERT_EQ(page.wrong.not_run, "");

  const TempDir folder;
  const Finished finished = validate(folder, page.wrong);

  const CodeInfo* info = find_code(page.code);
  ASSERT_NE(info, nullptr);
  EXPECT_EQ(finished.ended.status, info->severity() == Severity::Error ? 1 : 0) << finished.err;
  EXPECT_EQ(codes_in(finished.err), std::set<std::string>{page.code}) << finished.err;
}

TEST_P(PageTest, WrongExampleIsToldInEveryForm) {
  const Page page = read_page(GetParam());
  for (const auto& [form, extension] : forms) {
    SCOPED_TRACE(form);
    const TempDir folder;
    const std::string text = said(validate(folder, page.wrong, form), page.wrong, form);
    expect_golden(goldens / (page.code + extension), normalised(without_help(text), folder.path()));
  }
  if (accepting()) GTEST_SKIP() << "accepted";
}

TEST_P(PageTest, RightExampleIsValidWithoutAWarning) {
  const Page page = read_page(GetParam());
  ASSERT_FALSE(page.right.files.empty()) << "no ```yaml block under `## Right`";
  ASSERT_EQ(page.right.not_run, "");

  const TempDir folder;
  const Finished finished = validate(folder, page.right);

  EXPECT_EQ(finished.ended.status, 0) << finished.err;
  EXPECT_EQ(codes_in(finished.err), std::set<std::string>{}) << finished.err;
}

INSTANTIATE_TEST_SUITE_P(Diagnostics, PageTest, testing::ValuesIn(all_pages()),
                         [](const auto& page) { return page.param.stem().string(); });

TEST(DiagnosticPages, ExistForEveryCodeAndForNoOther) {
  std::set<std::string> pages;
  for (const auto& file : all_pages()) pages.insert(file.stem().string());
  std::set<std::string> codes;
  for (const CodeInfo& info : all_codes()) codes.insert(info.code.text());
  EXPECT_EQ(pages, codes);
}

TEST(DiagnosticGoldens, ShowEveryCodeInEveryForm) {
  for (const CodeInfo& info : all_codes()) {
    for (const auto& [form, extension] : forms) {
      const std::filesystem::path file = goldens / (info.code.text() + extension);
      const std::string text = std::filesystem::exists(file) ? read_file(file) : std::string();
      EXPECT_NE(text.find(info.code.text()), std::string::npos) << file << " does not show " << info.code.text();
    }
  }
}

}  // namespace dynamo::test
