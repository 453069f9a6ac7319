#include "cli/replace_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <utility>

namespace dynamo {
namespace {

/// Takes the temporary file away again unless it has become the real one.
struct Temporary {
  explicit Temporary(std::string pattern) : path(std::move(pattern)), descriptor(::mkostemp(path.data(), O_CLOEXEC)) {}
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  ~Temporary() {
    if (descriptor < 0) return;
    ::close(descriptor);
    if (!kept) ::unlink(path.c_str());
  }

  std::string path;
  int descriptor;
  bool kept = false;
};

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(descriptor, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace

Result<void> replace_file(const std::string& path, std::string_view text) {
  const auto refused = [&] { return errno_failure("write `" + path + "`"); };
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), &std::free);
  if (!real) return refused();
  struct stat facts {};
  if (::stat(real.get(), &facts) != 0) return refused();
  if (!S_ISREG(facts.st_mode)) {
    return Failure("write `" + path + "`", make_error_code(boost::system::errc::not_supported));
  }
  // A file that must not be written is not replaced either, though its folder would allow it.
  if (::access(real.get(), W_OK) != 0) return refused();

  const std::string target = real.get();
  const std::size_t name = target.rfind('/') + 1;
  Temporary temporary(target.substr(0, name) + "." + target.substr(name) + ".XXXXXX");
  if (temporary.descriptor < 0) return refused();
  // Only root can give a file away; for others it is theirs already, or becomes theirs as with most editors.
  [[maybe_unused]] const int owned = ::fchown(temporary.descriptor, facts.st_uid, facts.st_gid);
  const bool written = ::fchmod(temporary.descriptor, facts.st_mode & 07777U) == 0 &&
                       write_all(temporary.descriptor, text) && ::fsync(temporary.descriptor) == 0 &&
                       ::rename(temporary.path.c_str(), target.c_str()) == 0;
  if (!written) return refused();
  temporary.kept = true;
  return {};
}

}  // namespace dynamo
