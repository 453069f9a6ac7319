#include "tests/support/golden.h"

#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>
#include <re2/re2.h>

#include <cstdlib>
#include <fstream>

namespace dynamo::test {

std::string normalised(std::string text, const std::filesystem::path& folder) {
  const std::string path = folder.string();
  for (std::size_t at = 0; (at = text.find(path, at)) != std::string::npos;) text.replace(at, path.size(), "DIR");
  // `auto` ports lie in 20000-32767; fixed ones stay readable.
  RE2::GlobalReplace(&text, R"(\b(127\.0\.0\.1|localhost):(2\d{4}|3[0-2]\d{3})\b)", R"(\1:PORT)");
  RE2::GlobalReplace(&text, R"(\b(in|after) \d+(\.\d+)? (ms|s)\b)", R"(\1 TIME)");
  RE2::GlobalReplace(&text, R"(\b(run|runs/| pid) ?[0-9a-f]{4,}\b)", R"(\1 ID)");
  return text;
}

bool accepting() {
  const char* value = std::getenv("DYNAMO_ACCEPT");
  return value != nullptr && std::string_view(value) == "1";
}

void expect_golden(const std::filesystem::path& file, std::string_view actual) {
  if (accepting()) {
    if (actual.empty()) {
      std::filesystem::remove(file);
    } else {
      std::filesystem::create_directories(file.parent_path());
      std::ofstream(file, std::ios::binary) << actual;
    }
    return;
  }
  EXPECT_EQ(read_file(file), actual) << file << " differs; DYNAMO_ACCEPT=1 takes the new text over";
}

}  // namespace dynamo::test
