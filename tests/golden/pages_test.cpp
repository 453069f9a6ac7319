// Every diagnostic is shown by the page that explains it: the wrong example gives exactly its code, in the words that
// tests/golden/diagnostics/DGnnnn.stderr holds, and the right one gives nothing.

#include "tests/golden/page.h"

#include "proto/diagnostic.h"
#include "tests/support/golden.h"
#include "tests/support/run_dynamo.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>
#include <re2/re2.h>

#include <filesystem>
#include <set>

namespace dynamo::test {

namespace {

Finished validate(const TempDir& folder, const Example& example) {
  for (const auto& [name, text] : example.files) folder.write(name, text);
  return run_dynamo(folder, example.arguments);
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
  expect_golden(std::filesystem::path(DYNAMO_GOLDEN_DIR) / "diagnostics" / (page.code + ".stderr"),
                normalised(finished.err, folder.path()));
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

}  // namespace dynamo::test
