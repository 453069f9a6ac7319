#include "cli/replace_file.h"

#include "proto/result.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>

namespace dynamo {
namespace {

/// The new file: removed again unless it has taken the place of the old one.
class NewFile {
 public:
  explicit NewFile(const std::string& beside)
      : path_(beside + ".XXXXXX"), descriptor_(::mkostemp(path_.data(), O_CLOEXEC)) {}
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile() {
    if (descriptor_ < 0) return;
    ::close(descriptor_);
    if (!taken_) ::unlink(path_.c_str());
  }

  [[nodiscard]] bool exists() const { return descriptor_ >= 0; }
  bool write(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t count = ::write(descriptor_, text.data(), text.size());
      if (count < 0 && errno != EINTR) return false;
      if (count > 0) text.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }
  /// Owner and mode of the old file, as far as the system lets us; what it must not be is more open than that.
  bool become_like(const struct stat& old) const {
    if (::fchown(descriptor_, old.st_uid, old.st_gid) != 0 &&
        ::fchown(descriptor_, static_cast<uid_t>(-1), old.st_gid) != 0) {
      errno = 0;
    }
    return ::fchmod(descriptor_, old.st_mode & 07777) == 0;
  }
  bool take_place_of(const std::string& target) {
    taken_ = ::fsync(descriptor_) == 0 && ::rename(path_.c_str(), target.c_str()) == 0;
    return taken_;
  }

 private:
  std::string path_;
  int descriptor_;
  bool taken_ = false;
};

Result<std::string> read_all(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "re"), &std::fclose);
  if (!file) return errno_failure("read `" + path + "`");
  std::string text;
  char bytes[16384];
  for (std::size_t count = 0; (count = std::fread(bytes, 1, sizeof bytes, file.get())) > 0;) text.append(bytes, count);
  if (std::ferror(file.get()) != 0) return errno_failure("read `" + path + "`");
  return text;
}

}  // namespace

std::optional<std::string> replace_file(const std::string& path, std::string_view before, std::string_view after) {
  const std::string doing = "write `" + path + "`";
  const std::unique_ptr<char, void (*)(void*)> resolved(::realpath(path.c_str(), nullptr), &std::free);
  if (!resolved) return errno_failure(doing).message();
  const std::string target = resolved.get();
  struct stat old {};
  if (::stat(target.c_str(), &old) != 0) return errno_failure(doing).message();
  if (!S_ISREG(old.st_mode)) return "cannot " + doing + ": it is not a plain file";
  if (::access(target.c_str(), W_OK) != 0) return errno_failure(doing).message();

  NewFile file(target);
  if (!file.exists() || !file.write(after) || !file.become_like(old)) {
    return errno_failure("write a new file beside `" + path + "`").message();
  }
  const Result<std::string> now = read_all(target);
  if (!now) return now.error().message();
  if (*now != before) return "cannot " + doing + ": another program has changed it in the meantime";
  if (!file.take_place_of(target)) return errno_failure(doing).message();
  return std::nullopt;
}

}  // namespace dynamo
