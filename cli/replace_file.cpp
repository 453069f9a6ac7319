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

bool write_all(int descriptor, std::string_view text) {
  for (off_t at = 0; !text.empty();) {
    const ssize_t count = ::pwrite(descriptor, text.data(), text.size(), at);
    if (count < 0 && errno != EINTR) return false;
    if (count <= 0) continue;
    text.remove_prefix(static_cast<std::size_t>(count));
    at += count;
  }
  return true;
}

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
  [[nodiscard]] bool write(std::string_view text) const { return write_all(descriptor_, text); }
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

/// The old file, to be written in its place.
class OldFile {
 public:
  explicit OldFile(const std::string& path) : descriptor_(::open(path.c_str(), O_WRONLY | O_CLOEXEC)) {}
  OldFile(const OldFile&) = delete;
  OldFile& operator=(const OldFile&) = delete;
  ~OldFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  [[nodiscard]] bool exists() const { return descriptor_ >= 0; }
  /// False: it holds `before` again, as far as the system lets us; errno tells why.
  [[nodiscard]] bool write(std::string_view before, std::string_view after) const {
    if (!take_room(after.size())) return false;
    if (put(after)) return true;
    const int why = errno;
    put(before);
    errno = why;
    return false;
  }

 private:
  [[nodiscard]] bool take_room(std::size_t size) const {
    if (size == 0 || ::fallocate(descriptor_, FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(size)) == 0) return true;
    return errno == EOPNOTSUPP || errno == ENOSYS;
  }
  bool put(std::string_view text) const {
    return write_all(descriptor_, text) && ::ftruncate(descriptor_, static_cast<off_t>(text.size())) == 0 &&
           ::fsync(descriptor_) == 0;
  }

  int descriptor_;
};

bool is_refused_by_folder(int error) { return error == EACCES || error == EPERM || error == EROFS; }

/// Why the file does not hold `before`; none if it does.
std::optional<std::string> changed_meanwhile(const std::string& target, const std::string& doing,
                                             std::string_view before) {
  const Result<std::string> now = read_all(target);
  if (!now) return now.error().message();
  if (*now != before) return "cannot " + doing + ": another program has changed it in the meantime";
  return std::nullopt;
}

std::optional<std::string> write_in_place(const std::string& target, const std::string& doing, std::string_view before,
                                          std::string_view after) {
  const OldFile file(target);
  if (!file.exists()) return errno_failure(doing).message();
  if (auto reason = changed_meanwhile(target, doing, before)) return reason;
  if (!file.write(before, after)) return errno_failure(doing).message();
  return std::nullopt;
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
  // A new file would leave the other names with the old text.
  if (old.st_nlink > 1) return write_in_place(target, doing, before, after);

  NewFile file(target);
  if (!file.exists() && is_refused_by_folder(errno)) return write_in_place(target, doing, before, after);
  if (!file.exists() || !file.write(after) || !file.become_like(old)) {
    return errno_failure("write a new file beside `" + path + "`").message();
  }
  if (auto reason = changed_meanwhile(target, doing, before)) return reason;
  if (file.take_place_of(target)) return std::nullopt;
  if (is_refused_by_folder(errno)) return write_in_place(target, doing, before, after);
  return errno_failure(doing).message();
}

}  // namespace dynamo
