#pragma once
// An Environment whose text goes into strings and whose clock stands still until a test moves it.

#include "cli/environment.h"

#include <boost/system/error_code.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace dynamo {

/// Files that exist only in a test.
class FilesInMemory final : public FileReader {
 public:
  Result<std::string> read(const std::string& path) override {
    const auto found = files.find(path);
    if (found != files.end()) return found->second;
    return Failure("read `" + path + "`", make_error_code(boost::system::errc::no_such_file_or_directory));
  }
  std::map<std::string, std::string> files;
};

struct TestEnvironment {
  TestEnvironment() {
    environment.out.output = &out;
    environment.err.output = &err;
    environment.files = &files;
    environment.replace_file = [this](const std::string& path, std::string_view before,
                                      std::string_view after) -> std::optional<std::string> {
      if (files.files.at(path) != before) return "the file has changed";
      files.files[path] = after;
      return std::nullopt;
    };
    environment.home = "/home/user";
    environment.now = [this] { return time; };
    environment.nvidia_folder = "/nowhere";
  }
  TestEnvironment(const TestEnvironment&) = delete;
  TestEnvironment& operator=(const TestEnvironment&) = delete;

  TextOutput out;
  TextOutput err;
  FilesInMemory files;
  std::int64_t time = 1'795'476'202'145;
  Environment environment;
};

}  // namespace dynamo
