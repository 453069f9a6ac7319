#include "graph_loader/spec/file_reader.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace dynamo {
namespace {

/// The language allows 32 MiB (DG0007): one byte more is enough to know that a file is too large.
constexpr std::size_t read_limit = (std::size_t{32} << 20U) + 1;

}  // namespace

Result<std::string> SystemFileReader::read(const std::string& path) {
  const bool standard_input = path == "-";
  const int descriptor = standard_input ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return errno_failure("read `" + path + "`");
  std::string bytes;
  std::size_t size = 0;
  Result<std::string> result = std::string();
  while (size < read_limit) {
    bytes.resize(size + (std::size_t{64} << 10U));
    const ssize_t count = ::read(descriptor, bytes.data() + size, bytes.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) result = errno_failure("read `" + path + "`");
    if (count <= 0) break;
    size += static_cast<std::size_t>(count);
  }
  if (!standard_input) ::close(descriptor);
  if (result.has_error()) return result;
  bytes.resize(size);
  return bytes;
}

}  // namespace dynamo
