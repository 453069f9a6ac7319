#pragma once
// Files that exist only in a test.

#include "graph_loader/spec/file_reader.h"

#include <boost/system/errc.hpp>

#include <initializer_list>
#include <map>
#include <string>
#include <utility>

namespace dynamo::testing {

class MemoryFiles final : public FileReader {
 public:
  MemoryFiles(std::initializer_list<std::pair<const std::string, std::string>> files) : files_(files) {}

  Result<std::string> read(const std::string& path) override {
    const auto found = files_.find(path);
    if (found != files_.end()) return found->second;
    return Failure("read `" + path + "`", make_error_code(boost::system::errc::no_such_file_or_directory));
  }

 private:
  std::map<std::string, std::string> files_;
};

}  // namespace dynamo::testing
