#pragma once
// The loader's only way to the file system, so that tests read from memory.

#include "proto/result.h"

#include <string>

namespace dynamo {

class FileReader {
 public:
  virtual ~FileReader() = default;
  /// The bytes of a file; `path` is absolute or relative to the current directory, "-" is standard input.
  virtual Result<std::string> read(const std::string& path) = 0;
  /// The one path of a file that can be reached by several, for those to whom that matters.
  [[nodiscard]] virtual std::string one_path(const std::string& path) const { return path; }
};

/// Reads files, pipes and standard input; stops a little past the size that the language allows.
class SystemFileReader final : public FileReader {
 public:
  Result<std::string> read(const std::string& path) override;
};

}  // namespace dynamo
